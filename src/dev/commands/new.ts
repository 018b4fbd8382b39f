/** `npx dynablock new`: writes a block that works, and its test. */
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { blockName } from '../../blocks/load.ts'
import { createError } from '../../errors.ts'
import type { Terminal } from './command.ts'

const help = `Usage: dynablock new <block> [options]   writes a block and its test

  --folder <path>   where to; default BLOCKS_DIR, else ./blocks

The exit code is 0, and 2 when nothing was written.

Example: dynablock new welcome
`

const options = { folder: { type: 'string' }, help: { type: 'boolean', default: false } } as const

/** The block that is written, and its test, under another name. */
const block = new URL('../../../examples/new/hello.ts', import.meta.url)
const blockTest = new URL('../../../examples/new/hello.test.ts', import.meta.url)

/** Runs the command; 0: written, 2: not. */
export async function runNew(args: string[], { env, write }: Pick<Terminal, 'env' | 'write'>): Promise<0 | 2> {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const [name, ...others] = positionals
    if (values.help || name === undefined || others.length > 0) {
      write(help)
      return values.help ? 0 : 2
    }
    const folder = values.folder ?? env.BLOCKS_DIR ?? 'blocks'
    const [blockFile, testFile] = [join(folder, `${name}.ts`), join(folder, `${name}.test.ts`)]
    if (!blockName.test(name)) {
      refuse('a name of letters, digits, _ and -', `"${name}"`, 'Choose another: it is also the path of the URL.')
    }
    for (const path of [blockFile, testFile]) {
      if (await exists(path)) refuse('a name that is free', `${path}, which is there`, 'Choose another, or delete it.')
    }
    await mkdir(folder, { recursive: true })
    // Never over what came into being meanwhile.
    await writeFile(blockFile, await readFile(block, 'utf8'), { flag: 'wx' })
    await writeFile(testFile, (await readFile(blockTest, 'utf8')).replaceAll('hello', name), { flag: 'wx' })
    write(`Wrote ${blockFile} and ${testFile}.\n`)
    write(`Talk with it: npx dynablock chat ${name}\nTest it:      node --test ${testFile}\n`)
    return 0
  } catch (error) {
    write(`${(error as Error).message}\n`)
    return 2
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function refuse(expected: string, got: string, remedy: string): never {
  throw createError('DYN_CHAT_OPTIONS', { expected, got, remedy })
}
