import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const examples = fileURLToPath(new URL('../../examples/blocks', import.meta.url))

/** Where the blocks are: BLOCKS_DIR, else `blocks` in the working folder, else the examples. */
export function blocksFolder(given: string | undefined): string {
  return given ?? (existsSync('blocks') ? 'blocks' : examples)
}
