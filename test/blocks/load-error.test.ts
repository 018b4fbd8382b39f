import t from 'tap'
import { loadBlocks } from '../../src/blocks/load.ts'
import { folderOf } from '../helper.ts'

const cases: [what: string, source: string, said: RegExp][] = [
  ['syntax', `\nexport default defineBlock({ open: ] })`, /\(line 2\): SyntaxError: .*\. Correct it\.$/],
  ['enum', `enum Size { S }`, /\(line 1\): .*a const object instead of an enum\.$/],
  ['verb', `import { tap } from 'dynablock'`, /'tap'\. It comes with the call/],
  ['type', `import { Call } from 'dynablock'`, /'Call'\. Import types with: import type\.$/],
  ['maker', `import { txt } from 'dynablock'`, /'txt'\. Check the name in the import\.$/],
  ['ending', `import './words'`, /Write the extension of the imported file/],
  ['package', `import 'no-such-package'`, /install the package beside the blocks\.$/],
  ['throws', `\n\nthrow new RangeError('too much.')`, /\(line 3\): RangeError: too much\. Correct it\.$/],
  ['text', `throw 'text'`, /it threw a value that is not an Error\. Correct it\.$/],
  ['nowhere', `throw Object.assign(new Error('lost'), { stack: undefined })`, /load: Error: lost\. Correct it\.$/],
  [
    'refused',
    `import { defineBlock } from 'dynablock'\nexport default defineBlock({ open: 1 })`,
    /\(line 2\): The block is not valid: expected open to be a function, .* Change it in defineBlock\(\)\.$/,
  ],
]

for (const [what, source, said] of cases) {
  t.test(`a file that does not load says why: ${what}`, async t => {
    const folder = folderOf(t, { 'broken.ts': source })
    const error = await t.rejects(loadBlocks({ folder, log: console }))
    t.match((error as Error).message.split('\n- broken.ts: ')[1], said)
  })
}
