/** `npx dynablock replay`: replays recorded conversations and reports the answers that changed. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { blocksFolder } from '../../blocks/folder.ts'
import { readArgs, type Terminal } from '../../cli/command.ts'
import type { Channel } from '../../content/channels.ts'
import { createError } from '../../errors/errors.ts'
import { parseExact } from '../../json/exact-json.ts'
import { type Fixture, readFixture } from '../conversation/fixture.ts'
import { type Difference, renew } from '../replay/compare.ts'
import { contactOf, type ReplayedStep, replay } from '../replay/replay.ts'
import { createClock } from '../testing/clock.ts'
import { type ChatSettings, firstSecret, type OpenChat, openRemote, replyWithinMs } from './chat.ts'

const help = `Usage: dynablock replay <file or folder>… [options]   repeat recorded conversations

Repeats what contacts said, as recorded with RECORD_DIR, and compares each answer. Blocks run for real, with all their effects.

  --folder <path>    the folder of the blocks; default BLOCKS_DIR, else ./blocks, else the examples
  --url <address>    ask a running server, such as http://localhost:3000
  --secret <secret>  one of its WEBHOOK_SECRETS; default the first of that setting
  --update           write the new answers into the files
  --json             print a line of JSON for each difference: file, path, expected, got

The exit code is 0 if every answer is as recorded, 1 if one differs, and 2 if nothing could be replayed.

Example: dynablock replay recordings
`

const options = {
  folder: { type: 'string' },
  url: { type: 'string' },
  secret: { type: 'string' },
  update: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** The public URL of the server that `openChat` starts. */
const testUrl = 'https://dynablock.test'

/** @param openChat opens a block behind a server of its own */
export function createReplayCommand(openChat: OpenChat) {
  return async (
    args: string[],
    { env, fetch, write }: Pick<Terminal, 'env' | 'fetch' | 'write'>,
  ): Promise<0 | 1 | 2> => {
    try {
      const { values, positionals } = readArgs({ args, options, allowPositionals: true })
      if (values.help || positionals.length === 0) {
        write(help)
        return values.help ? 0 : 2
      }
      const { url, secret = firstSecret(env), folder = blocksFolder(env.BLOCKS_DIR) } = values
      // Read every file before replaying: if one is invalid, none is replayed.
      const fixtures = await Promise.all((await listFiles(positionals)).map(readRecorded))
      let changed = 0
      for (const { file, fixture } of fixtures) {
        const replayed = await run(fixture)
        const differences = replayed.flatMap(({ differences }) => differences)
        if (differences.length > 0) changed++
        for (const difference of differences) write(values.json ? toLine(file, difference) : '')
        if (!values.json) write(describe(file, differences))
        if (values.update && differences.length > 0) await update(file, fixture, replayed)
      }
      if (!values.json) write(`${fixtures.length} replayed, ${changed} answered differently\n`)
      return changed > 0 ? 1 : 0

      async function run(fixture: Fixture): Promise<ReplayedStep[]> {
        const settings: ChatSettings = {
          channel: fixture.channel as Channel,
          contact: contactOf(fixture),
          extras: fixture.extras ?? {},
          clock: createClock(fixture.at === undefined ? Date.now() : Date.parse(fixture.at)),
          strict: false,
          onEvent: () => undefined,
        }
        const chat = url
          ? await openRemote(settings, { url: `${url}/blocks/${fixture.block}`, secret, fetch })
          : await openChat(fixture.block, { ...settings, folder, replyWithinMs })
        try {
          return await replay(fixture, chat, url ?? testUrl)
        } finally {
          await chat.close()
        }
      }
    } catch (error) {
      write(`${(error as Error).message}\n`)
      return 2
    }
  }
}

async function listFiles(paths: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    paths.map(async path => {
      const found = await stat(path).catch(({ code }: NodeJS.ErrnoException) => {
        throw new Error(`Cannot read ${path} (${code}). Check its path.`)
      })
      if (!found.isDirectory()) return [path]
      return (await readdir(path))
        .filter(name => name.endsWith('.json'))
        .sort()
        .map(name => join(path, name))
    }),
  )
  const files = lists.flat()
  if (files.length === 0) throw new Error('There are no recorded conversations. Record some with RECORD_DIR.')
  return files
}

async function readRecorded(file: string): Promise<{ file: string; fixture: Fixture }> {
  try {
    const fixture = readFixture(parseExact(await readFile(file, 'utf8')))
    if (fixture.steps[0]?.do === 'open') return { file, fixture }
    throw createError('DYN_FIXTURE_INVALID', { expected: '"open" at /steps/0/do', got: 'another step' })
  } catch (error) {
    // The parser's own message quotes the file, which may hold personal data.
    const { message } =
      error instanceof SyntaxError
        ? createError('DYN_FIXTURE_INVALID', { expected: 'JSON', got: 'other text' })
        : (error as Error)
    throw new Error(`${file}: ${message}`)
  }
}

/** Steps that could not be replayed keep their recorded answers. */
async function update(file: string, fixture: Fixture, replayed: ReplayedStep[]): Promise<void> {
  const steps = fixture.steps.map((step, i) => {
    const again = replayed[i]
    return again === undefined || again.failure !== undefined
      ? step
      : { ...step, answers: renew(step.answers, again.answers) }
  })
  await writeFile(file, `${JSON.stringify({ ...fixture, steps }, null, 2)}\n`)
}

function toLine(file: string, difference: Difference): string {
  return `${JSON.stringify({ file, ...difference })}\n`
}

function describe(file: string, differences: readonly Difference[]): string {
  const lines = differences.map(
    ({ path, expected, got }) => `  ${path}\n    expected ${show(expected)}\n    got      ${show(got)}\n`,
  )
  return `${differences.length === 0 ? 'same   ' : 'differs'} ${file}\n${lines.join('')}`
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
