import t from 'tap'
import { type ErrorCode, errorTable } from '../../src/errors/error-table.ts'
import { platformCodes } from '../../src/manychat/platform-codes.ts'
import { findBlock, readDoc, runProgram } from '../docs.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { formatOperations } from './operations-table.ts'

const doc = readDoc('manychat-api.md')

t.equal(findPart(doc, 'operations'), formatOperations(), 'every operation is documented, and no other')

t.test('every number is documented, and no other', async t => {
  const rows = Object.entries(platformCodes).map(([code, [meaning, remedy]]) => `| ${code} | ${meaning} | ${remedy} |`)
  const further = '| 3040–3049 | this cannot be sent on that channel | Send what the channel takes. |'
  t.equal(findPart(doc, 'codes'), ['| code | meaning | what to do |', '|---|---|---|', ...rows, further].join('\n'))
})

t.test('every code of the clients is documented, and no other', async t => {
  const pages = ['manychat-api.md', 'maton.md', 'chatfuel.md'].map(readDoc).join('\n')
  const rows = [...pages.matchAll(/^\| (`DYN_.*?) \|/gm)].flatMap(([, cell = '']) => cell.match(/DYN_\w+/g) ?? [])
  const own = /^DYN_(?:CALL(?!_UNREADABLE)|MANYCHAT|MATON|CHATFUEL)_|^DYN_(?:CLIENT_OPTIONS|FIELD_VALUE)$/
  const codes = (Object.keys(errorTable) as ErrorCode[]).filter(code => own.test(code))
  t.strictSame([...new Set(rows)].sort(), codes.sort())
})

t.test('the program of manychat-api.md does what the page says', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  const data = '{"id":9007199254740993123,"custom_fields":[{"id":1,"name":"Size","value":"L"}]}'
  answerWith(
    { body: `{"status":"success","data":${data}}` },
    { status: 400, body: '{"status":"error","message":"Not within 24 hours","code":3011}' },
  )
  const env = { MANYCHAT_API_URL: url, MANYCHAT_API_KEY: '1234567890:example-key' }
  t.equal(await runProgram(t, 'manychat-api.md', env), findBlock(doc, 'text'))
  t.match(heard[2], { path: '/fb/sending/sendFlow', body: /"subscriber_id":9007199254740993123,/ })
})

t.test('the program of maton.md does what the page says', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  const connection = '{"connection_id":"21fd90f9-5935-43cd-b6c8-bde9d915ca80","status":"ACTIVE"}'
  answerWith(
    { body: `{"connections":[${connection}]}` },
    { body: '{"status":"success","data":{"id":1,"name":"Page Name"}}' },
    { status: 400, body: '{"error":"No connection"}' },
  )
  const env = { MATON_CONTROL_URL: url, MATON_GATEWAY_URL: `${url}/manychat`, MATON_API_KEY: 'example-key' }
  t.equal(await runProgram(t, 'maton.md', env), findBlock(readDoc('maton.md'), 'text'))
  t.match(heard[1], { path: '/manychat/fb/page/getInfo', headers: { 'maton-connection': /^21fd/ } })
})

function findPart(doc: string, name: string): string | undefined {
  return new RegExp(`<!-- ${name} -->\\n(.*)\\n<!-- /${name} -->`, 's').exec(doc)?.[1]
}
