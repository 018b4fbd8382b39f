/** `npx dynablock new`: writes a working block and its test. */
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { blockName } from '../../blocks/validate.ts'
import { readArgs, type Terminal } from '../../cli/command.ts'
import { createError } from '../../errors/errors.ts'

const help = `Usage: dynablock new <block> [options]   write a block and its test

  --folder <path>   the folder to write to; default BLOCKS_DIR, else ./blocks

The exit code is 0, or 2 if nothing was written.

Example: dynablock new welcome
`

const options = { folder: { type: 'string' }, help: { type: 'boolean', default: false } } as const

/** The templates of the block and its test. */
const block = new URL('../../../examples/new/hello.ts', import.meta.url)
const blockTest = new URL('../../../examples/new/hello.test.ts', import.meta.url)

/** Exits with 0 when both files were written, 2 when not. */
export async function runNew(args: string[], { env, write }: Pick<Terminal, 'env' | 'write'>): Promise<0 | 2> {
  try {
    const { values, positionals } = readArgs({ args, options, allowPositionals: true })
    const [name, ...others] = positionals
    if (values.help || name === undefined || others.length > 0) {
      write(help)
      return values.help ? 0 : 2
    }
    const folder = values.folder ?? env.BLOCKS_DIR ?? 'blocks'
    const [blockFile, testFile] = [join(folder, `${name}.ts`), join(folder, `${name}.test.ts`)]
    if (!blockName.test(name)) {
      refuse('a name of letters, digits, _ and -', `"${name}"`, 'Choose another: it becomes part of the URL.')
    }
    for (const path of [blockFile, testFile]) {
      if (await exists(path)) refuse('a new name', `${path}, which exists`, 'Choose another, or delete the file.')
    }
    await mkdir(folder, { recursive: true })
    // wx: never overwrite a file created since the check above.
    await writeFile(blockFile, await readFile(block, 'utf8'), { flag: 'wx' })
    await writeFile(testFile, (await readFile(blockTest, 'utf8')).replaceAll('hello', name), { flag: 'wx' })
    write(`Wrote ${blockFile} and ${testFile}.\n`)
    // Outside the default folder, `chat` needs the path.
    const shown = values.folder === undefined ? name : blockFile
    write(`Talk with it: npx dynablock chat ${shown}\nTest it:      node --test ${testFile}\n`)
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
