import t from 'tap'
import { checks } from '../../../src/cli/doctor/finding.ts'
import { readDoc } from '../../docs.ts'

t.test('docs/cli.md has a row for each check, and for no other', async t => {
  const [, doctor = ''] = readDoc('cli.md').split(/^## (?=doctor\n)/m)
  const rows = [...(doctor.split(/^## /m)[0] ?? '').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, check]) => check)
  t.same(rows.sort(), [...checks].sort())
})
