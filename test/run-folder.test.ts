import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'

t.test('no test is forgotten: its folder, or one above, is run', async t => {
  const forgotten = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.test.ts') && !path.endsWith('.alone.test.ts'))
    .filter(path => !['.', 'long'].includes(dirname(path)) && !isRun(dirname(path)))
  t.strictSame(forgotten, [])
})

function isRun(folder: string): boolean {
  return folder !== '.' && (existsSync(join('test', folder, 'all.ts')) || isRun(dirname(folder)))
}
