import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseEnv, promisify } from 'node:util'
import t, { type Test } from 'tap'
import { loadBlocks } from '../src/blocks/load.ts'
import type { Content } from '../src/index.ts'
import { loadConfig } from '../src/settings/config.ts'
import { freePort } from './helper.ts'

const readme = readFileSync('README.md', 'utf8')
const run = promisify(execFile)

/** The fenced programs of a page in one language. */
function programs(page: string, language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(match => match[1] as string)
}

/** Runs `npm start` as a newcomer does; resolves with its output once it has printed the curl line. */
async function npmStart(t: Test, env: Record<string, string>): Promise<string> {
  const child = spawn('npm', ['start'], {
    detached: true,
    // Empty settings count as unset, and override the developer's own .env.
    env: {
      ...process.env,
      PUBLIC_URL: '',
      WEBHOOK_SECRETS: '',
      STATE_KEYS: '',
      LOG_LEVEL: 'info',
      NODE_ENV: 'development',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(async () => {
    process.kill(-(child.pid as number), 'SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
  })
  let printed = ''
  for await (const line of createInterface({ input: child.stdout })) {
    printed += `${line}\n`
    if (line.includes(" -d '{")) break
  }
  child.stdout.resume()
  return printed
}

t.test('the README is short, and shows a block and the curl that calls it before line 30', async t => {
  const lines = readme.split('\n')
  t.ok(lines.length <= 150, `${lines.length} lines`)
  for (const shown of ['npm ci && npm start', 'defineBlock({', 'curl -s']) {
    t.ok(lines.findIndex(line => line.includes(shown)) < 29, shown)
  }
  t.match(readme, 'npm ci && npm test')
})

t.test('npm start serves the examples, and the line that it prints works', async t => {
  const printed = await npmStart(t, { PORT: String(await freePort()), BLOCKS_DIR: 'examples/blocks' })
  t.match(printed, 'faq, form, gallery, size, welcome')
  const { stdout } = await run('bash', ['-c', printed.slice(printed.indexOf('curl'))])
  t.match(JSON.parse(stdout), { version: 'v2', content: { messages: [{ text: 'Hi Ana! Which size?' }] } })
})

t.test('the block of the README answers the curl that is printed, a tap and a message', async t => {
  const [program] = programs(readme, 'ts')
  const folder = t.testdir({ 'hello.ts': program as string })
  const printed = await npmStart(t, { PORT: String(await freePort()), BLOCKS_DIR: folder })
  const { stdout } = await run('bash', ['-c', printed.slice(printed.indexOf('curl'))])
  const opened: { content: Content } = JSON.parse(stdout)
  const [shown] = programs(readme, 'json')
  t.match(opened, withoutSeal(JSON.parse(shown as string)), 'as the README shows it')
  const [message] = opened.content.messages
  t.match(message, { type: 'text', text: 'Hi Ana!' })
  const button = message?.type === 'text' ? message.buttons?.[0] : undefined
  if (button?.type !== 'dynamic_block_callback') throw new Error('the answer has no button to tap')

  const tapped = await post(button.url, button.payload)
  t.match(tapped.messages, [{ text: 'What is it about?' }])
  const listener = tapped.external_message_callback
  const answered = await post(listener?.url as string, { ...listener?.payload, input: 'size 9007199254740993123' })
  t.match(answered.messages, [{ text: 'Thanks! We look into “size 9007199254740993123”.' }])
})

/** Without the addresses, which hold the test's port, and the states, which are sealed for their contact. */
function withoutSeal(answer: unknown): object {
  return JSON.parse(JSON.stringify(answer), (key, value) => (key === 'state' || key === 'url' ? String : value))
}

async function post(url: string, payload: unknown): Promise<Content> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(payload).replace('"{{user_id}}"', '9007199254740993123'),
  })
  const answer = (await response.json()) as { content: Content }
  return answer.content
}

t.test('the settings that the README writes are fit for production', async t => {
  const command = programs(readme, 'sh')
    .find(text => text.includes('.env'))
    ?.replace(/docker compose.*/s, '')
  const cwd = t.testdir({})
  await run('bash', ['-c', command as string], { cwd })
  const config = loadConfig(parseEnv(readFileSync(join(cwd, '.env'), 'utf8')))
  t.match(config, { dev: false, publicUrl: 'https://bot.example.com' })
})

t.test('every block of the docs loads', async t => {
  const folder = t.testdir({})
  const blocks: string[] = []
  for (const page of (await readdir('docs')).filter(name => name.endsWith('.md'))) {
    const text = await readFile(join('docs', page), 'utf8')
    for (const [index, program] of programs(text, 'ts').entries()) {
      if (!program.includes('export default defineBlock')) continue
      const name = `${page.slice(0, -3)}-${index}`
      await writeFile(join(folder, `${name}.ts`), program)
      blocks.push(name)
    }
  }
  const loaded = await loadBlocks({ folder, log: console })
  t.teardown(() => loaded.stop())
  t.same(loaded.names(), blocks.sort())
})

t.test('a link of the README or the docs leads somewhere', async t => {
  const pages = [
    'README.md',
    ...(await readdir('docs')).filter(name => name.endsWith('.md')).map(name => `docs/${name}`),
  ]
  for (const page of pages) {
    const links = (await readFile(page, 'utf8')).matchAll(/\]\(((?!https?:|#)[^)#]+)/g)
    for (const [, link] of links) await t.resolves(stat(join(page, '..', link as string)), `${page}: ${link}`)
  }
})
