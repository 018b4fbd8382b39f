import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import { runDoctor } from '../../src/cli/doctor.ts'
import { type Answer, startFakePlatform } from '../fake-platform.ts'
import { build, folderOf } from '../helper.ts'

const page = '1234567890'
const canaries = {
  webhook: 'canary-webhook-aXcVbNmQwErTyUiOp12',
  state: 'canary-state-aXcVbNmQwErTyUiOp1234',
  token: 'canary-token-aXcVbNmQwErTyUiOp1234',
  key: 'canary-key-of-the-page',
}
const block = `import { addTag, defineBlock, flowButton, setField, text } from 'dynablock'
export default defineBlock({
  open: () => ({
    messages: [text('Hi', [flowButton('More', 'content123456')])],
    actions: [addTag('VIP'), setField('phone_number', 'unknown')],
  }),
})
`

/** A server running with the settings, a platform that answers from the fixtures, and the command. */
async function setUp(t: Test, source = block) {
  const platform = await startFakePlatform(t)
  for (const operation of ['getInfo', 'getTags', 'getCustomFields', 'getFlows'])
    platform.answerAt(`/fb/page/${operation}`, answerOf(`page.${operation}`))
  const folder = folderOf(t, { 'blocks/hi.ts': source })
  const { app } = build(t, { config: { stateKeys: [canaries.state] } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const env: Record<string, string> = {
    NODE_ENV: 'development',
    PUBLIC_URL: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    WEBHOOK_SECRETS: canaries.webhook,
    STATE_KEYS: canaries.state,
    API_TOKENS: canaries.token,
    MANYCHAT_API_KEYS: `${page}:${canaries.key}`,
    MANYCHAT_API_URL: platform.url,
    BLOCKS_DIR: `${folder}/blocks`,
    DATA_DIR: `${folder}/data`,
  }
  return { platform, folder, env, doctor, judge }

  /** Runs the command; returns its exit code and output. */
  async function doctor(args: string[] = [], over: Record<string, string> = {}): Promise<[number, string]> {
    let written = ''
    const write = (text: string) => {
      written += text
    }
    const code = await runDoctor(args, { env: { ...env, ...over }, fetch, write, nodeVersion: 'v24.1.0' })
    for (const canary of Object.values(canaries)) t.notMatch(written, canary, 'no secret is told')
    return [code, written]
  }

  async function judge(over?: Record<string, string>, args: string[] = []): Promise<[number, Finding[]]> {
    const [code, written] = await doctor(['--json', '--problems', ...args], over)
    const { healthy, findings } = JSON.parse(written)
    t.equal(healthy, code === 0)
    return [code, findings]
  }
}

function answerOf(fixture: string): Answer {
  return JSON.parse(readFileSync(`fixtures/api/${fixture}.json`, 'utf8')).answer
}

/** Warnings about settings that production would refuse. */
const isLater = ({ expected }: Finding) => /in production$/.test(expected)

t.test('all is well', async t => {
  const { doctor, folder, platform } = await setUp(t)
  const [code, written] = await doctor()
  t.equal(code, 0, written)
  t.match(written, /^ok +pages +page 1234567890: a key that works, and a plan with the API: them, as "Page Name"$/m)
  t.match(written, /^ok +blocks +.*: blocks that load: hi$/m)
  t.match(written, /^ok +names +tag "VIP" \(hi\.ts:5\): a tag of the page$/m)
  t.match(written, /^ok +names +field "phone_number" \(hi\.ts:5\): a field of the page$/m)
  t.match(written, /^ok +names +flow "content123456" \(hi\.ts:4\): a flow of the page$/m)
  t.match(written, /^ok +public-url +.*: a server with the STATE_KEYS of these settings$/m)
  t.match(written, /^ok +clock /m)
  t.match(written, /^0 problems, 1 warning, 0 skipped, 11 ok\n$/m)
  t.same(readdirSync(folder), ['blocks'], 'nothing was made')
  t.same([...new Set(platform.heard.map(({ method }) => method))], ['GET'])
})

t.test('what a page says of its key', async t => {
  for (const [fixture, got, remedy] of [
    ['failure wrong key', /HTTP 401 "Wrong access token"/, /Copy the key again/],
    ['failure plan without the API', /integrations ability/, /Upgrade the page/],
    ['failure HTML of a proxy', /HTML|no JSON|HTTP/, /./],
  ] as const) {
    const { platform, judge } = await setUp(t)
    platform.answerAt('/fb/page/getInfo', answerOf(fixture))
    const [code, findings] = await judge()
    t.equal(code, 1, fixture)
    const ofPage = findings.filter(({ check }) => check === 'pages')
    t.match(ofPage, [{ level: 'problem', subject: `page ${page}`, got, remedy }])
    t.match(
      findings.find(({ check }) => check === 'names'),
      { level: 'skipped', got: /no page to ask/ },
    )
  }
})

t.test('a page over its limits is told of the lock-out', async t => {
  const { platform, judge } = await setUp(t)
  platform.answerAt('/fb/page/getInfo', { status: 429 })
  const [code, findings] = await judge()
  t.equal(code, 1)
  t.match(
    findings.filter(({ check }) => check === 'pages'),
    [{ level: 'problem', got: /limit/, remedy: /24 hours/ }],
  )
})

t.test('a key of another page', async t => {
  const { platform, judge } = await setUp(t)
  platform.answerAt('/fb/page/getInfo', { body: '{"status":"success","data":{"id":99,"is_pro":false}}' })
  const [code, findings] = await judge()
  t.equal(code, 1)
  t.match(
    findings.filter(({ check }) => check === 'pages'),
    [{ expected: 'the key of this page', got: 'that of page 99', remedy: /whole key/ }],
  )
  platform.answerAt('/fb/page/getInfo', { body: '{"status":"success","data":{}}' })
  t.match(
    (await judge())[1].filter(({ check }) => check === 'pages'),
    [{ got: 'one of a page without an id' }],
  )
  platform.answerAt('/fb/page/getInfo', { body: `{"status":"success","data":{"id":${page},"is_pro":false}}` })
  const [healthy, warned] = await judge()
  t.equal(healthy, 0)
  t.match(
    warned.filter(({ check }) => check === 'pages'),
    [{ level: 'warning', expected: 'a Pro plan' }],
  )
})

t.test('a tag that is missing, a field of another type, a flow that is gone', async t => {
  const { platform, judge } = await setUp(t)
  platform.answerAt('/fb/page/getTags', { body: '{"status":"success","data":[{"id":1,"name":"VIPs"}]}' })
  const fields = '[{"id":1,"name":"phone_number","type":"number"}]'
  platform.answerAt('/fb/page/getCustomFields', { body: `{"status":"success","data":${fields}}` })
  platform.answerAt('/fb/page/getFlows', { body: '{"status":"success","data":{"flows":[],"folders":[]}}' })
  const [code, findings] = await judge()
  t.equal(code, 1)
  const level = 'problem'
  t.match(
    findings.filter(({ check }) => check === 'names'),
    [
      { level, subject: 'flow "content123456" (hi.ts:4)', got: 'none of that name', remedy: /address of the flow/ },
      { level, subject: 'tag "VIP" (hi.ts:5)', got: 'none of that name; the nearest is "VIPs"', remedy: /Create/ },
      {
        level,
        subject: 'field "phone_number" (hi.ts:5)',
        expected: `a number for a field of type number on page ${page}`,
        got: "the text 'unknown'",
      },
    ],
  )
})

t.test('a list that does not come is told of, and the others are looked at', async t => {
  const { platform, judge } = await setUp(t)
  platform.answerAt('/fb/page/getTags', answerOf('failure HTML with 403'))
  const [code, findings] = await judge({ FALLBACK_FLOWS: `${page}=phone_number:content123456,99=a:b` })
  t.equal(code, 1)
  t.match(
    findings.filter(finding => !isLater(finding)),
    [
      { check: 'pages', level: 'problem' },
      { check: 'names', level: 'skipped', subject: 'tag "VIP" (hi.ts:5)', got: 'a page that did not list them' },
      { check: 'fallback-flows', level: 'skipped', subject: 'FALLBACK_FLOWS of page 99' },
    ],
  )
})

t.test('a platform that is silent is not waited for', async t => {
  const { platform, judge } = await setUp(t)
  platform.answerAt('/fb/page/getInfo', { fault: 'silent' })
  const [code, findings] = await judge({}, ['--timeout', '0.5'])
  t.equal(code, 1)
  t.match(findings.filter(({ check }) => check === 'pages')[0]?.got, /none/)
})

t.test('without a key of a page it says what it leaves out', async t => {
  const { judge } = await setUp(t)
  const [code, findings] = await judge({ MANYCHAT_API_KEYS: '' })
  t.equal(code, 0)
  t.match(
    findings.filter(({ level }) => level === 'skipped'),
    [
      { check: 'pages', got: /^no key: tags, fields, flows and the plan/, remedy: /MANYCHAT_API_KEYS/ },
      { check: 'names', got: /3 places/ },
    ],
  )
})

t.test('settings that are refused are all told, and the rest is looked at', async t => {
  const { judge } = await setUp(t)
  const [code, findings] = await judge({ PORT: 'x', LOG_LEVEL: 'loud' })
  t.equal(code, 1)
  t.match(
    findings.filter(finding => !isLater(finding)),
    [
      { check: 'settings', level: 'problem', subject: 'PORT', got: '"x"' },
      { check: 'settings', level: 'problem', subject: 'LOG_LEVEL', got: '"loud"' },
    ],
  )
})

t.test('it helps, and refuses what it does not know', async t => {
  const { doctor } = await setUp(t)
  t.match(await doctor(['--help']), [0, /Example: dynablock doctor/])
  t.match(await doctor(['--nothing']), [2, /--nothing/])
  for (const timeout of ['x', '0', '601']) t.match(await doctor(['--timeout', timeout]), [2, /number of seconds/])
})

t.test('it is a command of the program', async t => {
  const { env } = await setUp(t)
  const { stdout } = await promisify(execFile)(process.execPath, ['src/cli/cli.ts', 'doctor', '--problems'], {
    env: { PATH: process.env.PATH, ...env },
  })
  t.match(stdout, /0 problems/)
})
