/** Properties of a running server for any request. Each throws on the first case that breaks it. */
import fc from 'fast-check'
import { inspectContent } from '../../src/content/check.ts'
import { parseExact } from '../../src/json/exact-json.ts'
import { attempt } from './attempt.ts'
import { contacts, replies, sends, type Texts } from './corpus.ts'
import { mutated } from './mutation.ts'
import { type Answer, type Running, secret, token } from './server.ts'

/** Allowed statuses of refusals. Any other status except 200 and 202 is our own error. */
const refusals = [400, 401, 404, 409, 413, 415, 429]
const page = 10203040506070809n

/** Each case makes the server call ManyChat, so this property gets fewer cases. */
export const slowProperty = 'installs of an app with changes are refused'

/** The properties by name; `count` receives every answer, for the final statistics. */
export async function serverProperties(server: Running, count: (answer: Answer) => void) {
  const callbacks = await genuineCallbacks(server)
  const returned = replies.map(reply => `{"contact":{"id":9007199254740993123},"content":${reply}}`) as unknown as Texts
  return {
    'contacts with changes open a block or are refused': property(contacts, bytes => opens('echo', bytes)),
    'content with changes, returned by a block': property(returned, bytes => opens('mirror', bytes)),
    'callbacks with changes enter a step or are refused': property(callbacks, async bytes =>
      requireAnswer(await post('/blocks/echo/again', bytes)),
    ),
    'sends with changes are taken or refused': property(sends, async bytes => {
      const answer = await post('/sends', bytes, token)
      if (answer.status !== 202 && answer.status !== 200) requireProblem(answer)
    }),
    [slowProperty]: property([`{"app_token":"x","page_id":${page}}`], async bytes =>
      // The fake ManyChat accepts no key.
      requireProblem(await post('/apps/installed', bytes, secret), [...refusals, 502]),
    ),
  }

  function property(texts: Texts, check: (bytes: Buffer) => Promise<void>) {
    return fc.asyncProperty(mutated(texts), check)
  }

  async function post(path: string, bytes: Buffer, bearer?: string): Promise<Answer> {
    const answer = await server.post(path, bytes, bearer)
    count(answer)
    return answer
  }

  async function opens(block: string, bytes: Buffer): Promise<void> {
    const answer = await post(`/blocks/${block}`, bytes, secret)
    if (answer.status !== 200 && isContact(bytes)) throw new Error(`a contact was refused: ${answer.text}`)
    requireAnswer(answer)
  }
}

/** The bodies that ManyChat posts for a block's buttons and listener. */
async function genuineCallbacks(server: Running): Promise<Texts> {
  const { text } = await server.post('/blocks/echo', contacts[0], secret)
  const payloads: unknown[] = []
  JSON.parse(text, (key, value) => {
    if (key === 'payload') payloads.push(value)
    return value
  })
  if (payloads.length < 3) throw new Error(`the block has no callbacks: ${text}`)
  return payloads.map(payload => JSON.stringify(payload)) as unknown as Texts
}

function requireAnswer(answer: Answer): void {
  if (answer.status !== 200) {
    requireProblem(answer)
    return
  }
  if (!answer.type.startsWith('application/json')) throw new Error(`answered as ${answer.type}`)
  const { version, content } = parseExact(answer.text) as { version: string; content: unknown }
  if (version !== 'v2') throw new Error(`answered version ${version}`)
  const problem = inspectContent(content).find(isError)
  if (problem) throw new Error(`answered ${problem.path} ${problem.rule}: ${answer.text}`)
}

function requireProblem({ status, type, text }: Answer, allowed = refusals): void {
  if (!allowed.includes(status)) throw new Error(`answered ${status}: ${text}`)
  if (!type.startsWith('application/problem+json')) throw new Error(`${status} as ${type}`)
  const problem = JSON.parse(text)
  if (problem.status !== status || !/^DYN_/.test(problem.code)) throw new Error(`no coded problem: ${text}`)
}

/** Whether the body is certainly a contact. */
function isContact(bytes: Buffer): boolean {
  const text = bytes.toString()
  if (/"__proto__"|"constructor"|\[{20}/.test(text)) return false
  const body = attempt(() => JSON.parse(text))
  return body.ok && /^\{"id":[1-9]\d{0,14}[,}]/.test(JSON.stringify(body.value) ?? '')
}

function isError({ severity }: { severity: string }): boolean {
  return severity === 'error'
}
