import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const examples = fileURLToPath(new URL('../../examples/blocks', import.meta.url))

/** The folder of the blocks: BLOCKS_DIR, else `blocks` in the working directory, else the examples. */
export function blocksFolder(given: string | undefined): string {
  return given ?? (existsSync('blocks') ? 'blocks' : examples)
}
