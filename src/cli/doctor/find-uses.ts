import { readdir, readFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { readJsonUses } from './json-uses.ts'
import { readSource } from './source-uses.ts'
import type { Uses } from './uses.ts'

const code = new Set(['.ts', '.mts', '.js', '.mjs'])

/** The names used in all files of the folder, including those that blocks import. */
export async function findUses(folder: string): Promise<Uses> {
  // The check of the blocks reports a missing folder.
  const paths = await readdir(folder, { recursive: true }).catch(() => [])
  const found = await Promise.all(paths.filter(isOwn).sort().map(readUses))
  return { uses: found.flatMap(({ uses }) => uses), unread: found.flatMap(({ unread }) => unread) }

  async function readUses(path: string): Promise<Uses> {
    const none: Uses = { uses: [], unread: [] }
    const isJson = extname(path) === '.json' && dirname(path) === '.'
    if (!isJson && !code.has(extname(path))) return none
    try {
      const text = await readFile(join(folder, path), 'utf8')
      return isJson ? readJsonUses(path, text) : readSource(path, text)
    } catch {
      // The check of the blocks reports an unreadable file.
      return none
    }
  }
}

function isOwn(path: string): boolean {
  return !/(?:^|[\\/])node_modules[\\/]|\.test\.\w+$|\.d\.m?ts$/.test(path)
}
