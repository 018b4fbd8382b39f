import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { readDoc } from '../docs.ts'

const claimed = [...readDoc('security.md').matchAll(/\*\*([A-Z]\d)\*\*/g)].map(([, id]) => id)
const tested = readdirSync(import.meta.dirname).flatMap(name =>
  [...readFileSync(`${import.meta.dirname}/${name}`, 'utf8').matchAll(/t\.test\('([A-Z]\d): /g)].map(([, id]) => id),
)

t.strictSame(tested.sort(), claimed.sort(), 'every claim of docs/security.md has its test, and every test its claim')
