/** Compiles the programs in the docs and the examples in comments under `strict`, and checks the errors for mistakes in blocks. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import * as dynablock from '../src/index.ts'
import { runPlainly } from './run-plainly.ts'

// The compiler is slow on a busy machine.
t.setTimeout(300_000)

/** Programs with one mistake each, and the compiler's message about it. */
const mistakes: Record<string, [program: string, said: string]> = {
  'a member of a message': [
    "const message: Message = { type: 'text', txt: 'Hi' }",
    "'txt' does not exist in type 'TextMessage'. Did you mean to write 'text'?",
  ],
  'a member of a button': [
    "text('Hi', [{ type: 'url', caption: 'Shop', link: 'https://example.com' }])",
    "'link' does not exist in type 'UrlButton'.",
  ],
  'a member of a card': [
    "cards([{ titel: 'Mug' }])",
    "'titel' does not exist in type 'Card'. Did you mean to write 'title'?",
  ],
  'a button for a message': [
    'const message = (button: Button): Message => button',
    "Property 'url' is missing in type 'BuyButton' but required in type 'VideoMessage'.",
  ],
  'a message that a handler returns': [
    "defineBlock({ open: () => ({ type: 'text', txt: 'Hi' }) })",
    "but required in type 'TextMessage'.",
  ],
  'a key beside the messages, where the return type is written': [
    "defineBlock({ open: (): Reply => ({ messages: [text('Hi')], quick_reply: [] }) })",
    "Object literal may only specify known properties, and 'quick_reply' does not exist in type",
  ],
  'a field of the contact': [
    'defineBlock({ open: ({ contact }) => contact.frist_name })',
    "Property 'frist_name' does not exist on type 'FullContactData'. Did you mean 'first_name'?",
  ],
  'a tap of a block without steps': [
    "defineBlock({ open: ({ tap }) => text('Hi', [tap('Go on', 'next')]) })",
    `Argument of type '"next"' is not assignable to parameter of type '"this block has no steps"'.`,
  ],
  'a menu of a block without steps': [
    "defineBlock({ open: ({ menu }) => menu('Hi', [{ caption: 'Go on', step: 'next' }]) })",
    `Type '"next"' is not assignable to type '"this block has no steps"'.`,
  ],
  'a tap to a step that does not exist': [
    "defineBlock({ open: ({ tap }) => text('Hi', [tap('Go on', 'nxt')]), steps: { next: () => 'Yes' } })",
    `Argument of type '"nxt"' is not assignable to parameter of type '"next"'.`,
  ],
  'a choice of a step that does not exist': [
    "defineBlock({ open: ({ menu, choice }) => menu('Hi', [choice('Go on', 'nxt')]), steps: { next: () => 'Yes' } })",
    `Argument of type '"nxt"' is not assignable to parameter of type '"next"'.`,
  ],
  'lines of a menu, made from a list, with a step that does not exist': [
    `defineBlock({
      open: ({ menu }) => menu('Hi', ['size', 'price'].map(caption => ({ caption, step: 'answr' }))),
      steps: { answer: () => 'Yes' },
    })`,
    `Type '"answr"' is not assignable to type '"answer"'.`,
  ],
  'a state of the wrong shape': [
    `defineBlock({
      states: { next: Type.Object({ size: Type.String() }) },
      open: ({ tap }) => text('Hi', [tap('Small', 'next', { size: 5 })]),
      steps: { next: ({ state }) => state.size },
    })`,
    "Type 'number' is not assignable to type 'string'.",
  ],
  'a state that is missing': [
    `defineBlock({
      states: { next: Type.Object({ size: Type.String() }) },
      open: ({ menu, choice }) => menu('Hi', [choice('Small', 'next')]),
      steps: { next: ({ state }) => state.size },
    })`,
    'Expected 3 arguments, but got 2.',
  ],
  'a member of a state': [
    `defineBlock({
      states: { next: Type.Object({ size: Type.String() }) },
      open: ({ tap }) => text('Hi', [tap('Small', 'next', { size: 'S' })]),
      steps: { next: ({ state }) => state.colour },
    })`,
    "Property 'colour' does not exist on type '{ size: string; }'.",
  ],
}

/** Programs that older versions of the types refused. */
const programs: Record<string, string> = {
  'lines of a menu, made from a list': complete(`defineBlock({
    states: { answer: Type.Object({ topic: Type.String() }) },
    open: ({ menu }) => menu('Hi', ['size'].map(topic => ({ caption: topic, step: 'answer', state: { topic } }))),
    steps: { answer: ({ state }) => state.topic },
  })`),
  'choices made from a list': complete(`defineBlock({
    states: { answer: Type.Object({ topic: Type.String() }) },
    open: ({ menu, choice }) =>
      menu('Hi', [...['size'].map(topic => choice(topic, 'answer', { topic })), choice('None', 'leave')]),
    steps: { answer: ({ state }) => state.topic, leave: () => 'Bye' },
  })`),
}
for (const path of readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))) {
  const comments = readFileSync(join('src', path), 'utf8').matchAll(/^ *\* @example\n((?: *\*(?! @|\/).*\n)+)/gm)
  for (const [, example = ''] of comments) programs[`src/${path}`] = complete(example.replaceAll(/^ *\* ?/gm, ''))
}
for (const page of ['README.md', ...readdirSync('docs').map(name => `docs/${name}`)].filter(isPage)) {
  const fenced = readFileSync(page, 'utf8').matchAll(/^```ts\n(.*?)^```/gms)
  for (const [index, [, program = '']] of [...fenced].entries()) programs[`${page} ${index}`] = program
}

t.test('programs of the docs and examples in comments compile, and mistakes are named', async t => {
  const said = await compile(
    t.testdir({
      ...mapFiles(mistakes, ([program]) => complete(program)),
      ...mapFiles(programs, program => program),
      'size.ts': readFileSync('examples/blocks/size.ts', 'utf8'),
      'tsconfig.json': JSON.stringify({ extends: resolve('tsconfig.json'), include: ['*.ts'] }),
    }),
  )
  for (const [name, [, expected]] of Object.entries(mistakes)) {
    t.match(said.get(fileOf(name)), expected, `a mistake: ${name}`)
  }
  for (const name of Object.keys(programs)) t.equal(said.get(fileOf(name)), undefined, name)
  for (const shown of ['src/testing.ts', 'src/blocks/define.ts', 'README.md 0', 'docs/testing.md 1']) {
    t.hasProp(programs, shown, `${shown} was found`)
  }
})

t.test("the simulator's page compiles with what it imports, without the rest of the server", async t => {
  const tsc = resolve('node_modules/typescript/bin/tsc')
  t.equal(await runPlainly([tsc, '-p', 'tsconfig.page.json', '--pretty', 'false']).catch(error => error.stdout), '')
})

function isPage(path: string): boolean {
  return path.endsWith('.md')
}

function fileOf(name: string): string {
  return `${name.replaceAll(/\W+/g, '-')}.ts`
}

function mapFiles<V>(values: Record<string, V>, toText: (value: V) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [fileOf(name), toText(value)]))
}

/** Turns an example into a complete file by adding its imports from the package. */
function complete(program: string): string {
  const uses = (name: string) => new RegExp(`\\b${name}\\b`).test(program)
  const names = [
    ...Object.keys(dynablock).filter(uses),
    ...['Message', 'Button', 'Reply'].filter(uses).map(name => `type ${name}`),
  ]
  return [
    `import { ${names.join(', ')} } from 'dynablock'`,
    uses('openChat') ? "import { openChat } from 'dynablock/testing'" : '',
    uses('assert') ? "import assert from 'node:assert/strict'" : '',
    uses('contact.custom_fields') ? "declare const contact: import('dynablock').Contact" : '',
    program,
  ].join('\n')
}

/** The compiler's messages by file. One process for all files, because reading the package takes seconds. */
async function compile(folder: string): Promise<Map<string, string>> {
  const tsc = resolve('node_modules/typescript/bin/tsc')
  const stdout = await runPlainly([tsc, '-p', '.', '--pretty', 'false'], folder).catch(error => `${error.stdout}`)
  const said = new Map<string, string>()
  let file = ''
  for (const line of stdout.split('\n').filter(Boolean)) {
    file = /^([^(\s]+)\(\d+,\d+\): error/.exec(line)?.[1] ?? file
    said.set(file, `${said.get(file) ?? ''}${line}\n`)
  }
  return said
}
