/** One table of rules: whoever asks about the same content gets the same verdict. */
import t from 'tap'
import { runCheck } from '../../src/cli/check.ts'
import { capabilities } from '../../src/content/channels.ts'
import { checkContent } from '../../src/content/check.ts'
import { isError } from '../../src/content/problem.ts'
import { repairContent } from '../../src/content/repair.ts'
import { sendOperations } from '../../src/delivery/operations.ts'
import { readAnswer } from '../../src/dev/conversation/answer.ts'
import { judgeDelivery } from '../../src/dev/conversation/delivery.ts'
import { defineBlock, type Reply } from '../../src/index.ts'
import { build, folderOf, post } from '../helper.ts'
import { type Case, type Listed, readCases } from './fixtures.ts'

const token = 'a-token-of-the-systems-of-this-test'
const allowLoopback = false
const all = [...readCases('valid'), ...readCases('invalid')].filter(({ options }) => options === undefined)
const isRefused = ({ problems }: Case) => problems.some(isError)
const nameOf = ({ channel, name }: Case) => `${channel} ${name}`
const list = (problems: Listed[]) => problems.map(({ path, rule, severity }) => `${severity} ${rule} ${path}`)

t.test('a block: what checkContent makes of its answer is what the contact gets, or the fallback', async t => {
  let reply: unknown
  const { open } = build(t, { blocks: { any: defineBlock({ open: () => reply as Reply }) } })
  for (const one of all) {
    // A handler may omit the messages, and return a list of them.
    if (one.name === 'required-messages' || one.name.startsWith('value-content-')) continue
    reply = one.content
    const { content, shown } = await open('any', { id: 7, channel: one.channel })
    if (isRefused(one)) t.match(shown, /^Sorry, that did not work/, nameOf(one))
    else t.strictSame(content, checkContent(one.content, { channel: one.channel }), nameOf(one))
  }
})

t.test('POST /check and npx dynablock check', async t => {
  const { app } = build(t, { config: { apiTokens: [token] } })
  // Text keeps the digits that JavaScript rounds.
  const cases = all.filter(({ problems }) => !problems.some(({ rule }) => rule === 'exact-number'))
  const files: Record<string, string> = {}
  for (const [i, one] of cases.entries()) files[`${i}.json`] = JSON.stringify(one.content)
  const folder = folderOf(t, files)
  for (const [i, one] of cases.entries()) {
    const expected = list(repairContent(one.content, { channel: one.channel }).problems)
    const { json } = await post(app, `/check?channel=${one.channel}`, JSON.stringify(one.content), {
      authorization: `Bearer ${token}`,
    })
    t.strictSame([json.ok, list(json.problems)], [!isRefused(one), expected], `/check: ${nameOf(one)}`)
    let written = ''
    const write = (text: string) => {
      written += text
    }
    const args = [`${folder}/${i}.json`, '--plain', '--json', '--channel', one.channel]
    const code = await runCheck(args, { write, readStdin: async () => '' })
    const found = written.split('\n').flatMap(line => (line ? [JSON.parse(line)] : []))
    t.strictSame([code, list(found).sort()], [isRefused(one) ? 1 : 0, expected.sort()], `the CLI: ${nameOf(one)}`)
    const strict = await runCheck([...args, '--strict'], { write: () => {}, readStdin: async () => '' })
    t.equal(strict, expected.length > 0 ? 1 : 0, `the CLI, strictly: ${nameOf(one)}`)
  }
})

t.test('/sends', async t => {
  const { findProblem } = sendOperations.get('sending.sendContent') as NonNullable<
    ReturnType<typeof sendOperations.get>
  >
  for (const one of all) {
    const { type } = capabilities[one.channel]
    const isAnswer = typeof one.content === 'object' && one.content !== null && 'version' in one.content
    const data = (isAnswer ? one.content : { version: 'v2', content: one.content }) as { content?: unknown }
    if (data.content === undefined) continue
    const typed = {
      ...data,
      ...(type && typeof data.content === 'object' && data.content && { content: { ...data.content, type } }),
    }
    const problem = findProblem({ subscriber_id: '7', data: typed }, { allowLoopback })
    const isWrong = repairContent(typed, { outsideFlow: true }).problems.some(isError)
    t.equal(problem !== undefined, isWrong, nameOf(one))
  }
})

t.test('the simulator and its API take whatever the server sends', async t => {
  for (const one of all.filter(one => !isRefused(one))) {
    const { channel } = one
    const content = checkContent(one.content, { channel })
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ version: 'v2', content })
    const verdict = readAnswer({ status: 200, headers, body, ms: 1 }, { channel, allowLoopback })
    t.match(verdict, { outcome: 'shown', content }, nameOf(one))
    t.notOk(
      verdict.problems.some(({ severity }) => severity === 'repaired'),
      `${nameOf(one)}: as it is`,
    )
    const hasNodes = body.includes('"type":"node"')
    t.equal(
      judgeDelivery(content, { channel, allowLoopback, isOpen: true }).accepted,
      !hasNodes,
      `the API: ${nameOf(one)}`,
    )
  }
})
