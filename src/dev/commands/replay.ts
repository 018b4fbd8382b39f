/** `npx dynablock replay`: recorded conversations again, and what is answered otherwise. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { blocksFolder } from '../../blocks/folder.ts'
import type { Channel } from '../../content/channels.ts'
import { createError } from '../../errors.ts'
import { parseExact } from '../../exact-json.ts'
import { type Fixture, readFixture } from '../conversation/fixture.ts'
import { type Difference, renew } from '../replay/compare.ts'
import { contactOf, type Replayed, replay } from '../replay/replay.ts'
import { createClock } from '../testing/clock.ts'
import { type ChatSettings, firstSecret, type OpenChat, openRemote, replyWithinMs } from './chat.ts'
import type { Terminal } from './command.ts'

const help = `Usage: dynablock replay <file or folder>… [options]   recorded conversations again

Says again what contacts said, as RECORD_DIR has kept it, and compares each answer.

  --folder <path>    of the blocks; default BLOCKS_DIR, else ./blocks, else the examples
  --url <address>    asks a server that runs, as with --url http://localhost:3000
  --secret <secret>  one of its WEBHOOK_SECRETS; default the first of that setting
  --update           writes what is answered now into the files
  --json             a line of JSON for each difference: file, path, expected, got

The exit code is 0 when all is answered as recorded, 1 when something is not, and 2 when nothing could be replayed.

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

/** Where the server of `openChat` says that it is. */
const testUrl = 'https://dynablock.test'

/** @param openChat opens a block behind a server of its own */
export function createReplayCommand(openChat: OpenChat) {
  return async (
    args: string[],
    { env, fetch, write }: Pick<Terminal, 'env' | 'fetch' | 'write'>,
  ): Promise<0 | 1 | 2> => {
    try {
      const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
      if (values.help || positionals.length === 0) {
        write(help)
        return values.help ? 0 : 2
      }
      const { url, secret = firstSecret(env), folder = blocksFolder(env.BLOCKS_DIR) } = values
      // All are read before one is replayed: with one that is none, nothing is.
      const fixtures = await Promise.all((await listFiles(positionals)).map(readRecorded))
      let changed = 0
      for (const { file, fixture } of fixtures) {
        const replayed = await run(fixture)
        if (replayed.differences.length > 0) changed++
        for (const difference of replayed.differences) write(values.json ? toLine(file, difference) : '')
        if (!values.json) write(describe(file, replayed.differences))
        if (values.update && replayed.differences.length > 0) await update(file, fixture, replayed)
      }
      if (!values.json) write(`${fixtures.length} replayed, ${changed} answered otherwise\n`)
      return changed > 0 ? 1 : 0

      async function run(fixture: Fixture): Promise<Replayed> {
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
        throw new Error(`Expected a file or folder that can be read, got ${code} for ${path}. Look at its path.`)
      })
      if (!found.isDirectory()) return [path]
      return (await readdir(path))
        .filter(name => name.endsWith('.json'))
        .sort()
        .map(name => join(path, name))
    }),
  )
  const files = lists.flat()
  if (files.length === 0) throw new Error('Expected recorded conversations, got none. Record some with RECORD_DIR.')
  return files
}

async function readRecorded(file: string): Promise<{ file: string; fixture: Fixture }> {
  try {
    const fixture = readFixture(parseExact(await readFile(file, 'utf8')))
    if (fixture.steps[0]?.do === 'open') return { file, fixture }
    throw createError('DYN_FIXTURE_INVALID', { path: '/steps/0/do', expected: '"open"' })
  } catch (error) {
    // That of the parser quotes the file.
    const { message } =
      error instanceof SyntaxError
        ? createError('DYN_FIXTURE_INVALID', { path: '/', expected: 'JSON' })
        : (error as Error)
    throw new Error(`${file}: ${message}`)
  }
}

/** Steps that could not be done keep what was recorded. */
async function update(file: string, fixture: Fixture, { answers }: Replayed): Promise<void> {
  const steps = fixture.steps.map((step, i) => {
    return { ...step, answers: i < answers.length ? renew(step.answers, answers[i]) : step.answers }
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
