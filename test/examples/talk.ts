import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { loadBlocks } from '../../src/blocks/load.ts'
import { loadConfig } from '../../src/config.ts'
import type { Button, Channel, Content, QuickReply } from '../../src/index.ts'

const secret = 'the webhook secret of the tests'
const contactId = '9007199254740993123'

/** The examples behind a server, without a socket. */
export async function serveExamples(test: Test): Promise<FastifyInstance> {
  const env = { NODE_ENV: 'test', LOG_LEVEL: 'silent', PUBLIC_URL: 'https://bot.example.com' }
  const config = loadConfig({ ...env, WEBHOOK_SECRETS: secret, STATE_KEYS: 'the key that seals states in the tests' })
  const blocks = await loadBlocks({ folder: 'examples/blocks', log: console })
  const app = buildApp({ config, blocks })
  test.teardown(() => app.close())
  return app
}

/** A contact who opens a block, taps and types, as ManyChat would pass it on. */
export async function talk(app: FastifyInstance, block: string, channel: Channel) {
  let content = await post(`/blocks/${block}`, `{"id":${contactId},"first_name":"Ana","channel":"${channel}"}`)
  return { tap, say, texts, captions, content: () => content }

  /** Taps a button or quick reply. */
  async function tap(caption: string): Promise<void> {
    const tapped = tappables().find(tappable => tappable.caption === caption)
    if (tapped?.type !== 'dynamic_block_callback') throw new Error(`"${caption}" is not among ${captions().join(', ')}`)
    content = await enter(tapped.url, tapped.payload, caption)
  }

  /** Types a message, which the listener of the last answer gets. */
  async function say(message: string): Promise<void> {
    const listener = content.external_message_callback
    if (!listener) throw new Error('nobody listens')
    content = await enter(listener.url, listener.payload, message)
  }

  function texts(): string[] {
    return content.messages.flatMap(message => (message.type === 'text' ? message.text : []))
  }

  function captions(): string[] {
    return tappables().map(({ caption }) => caption)
  }

  function tappables(): (Button | QuickReply)[] {
    const buttons = content.messages.flatMap(message => {
      if (message.type === 'cards') return message.elements.flatMap(element => element.buttons ?? [])
      return 'buttons' in message ? (message.buttons ?? []) : []
    })
    return [...buttons, ...(content.quick_replies ?? [])]
  }

  /** ManyChat puts the values of variables into the text of the payload. */
  function enter(url: string, payload: object | undefined, input: string): Promise<Content> {
    const body = JSON.stringify(payload)
      .replace('"{{user_id}}"', contactId)
      .replace('"{{last_input_text}}"', JSON.stringify(input))
    return post(new URL(url).pathname, body)
  }

  async function post(url: string, payload: string): Promise<Content> {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const response = await app.inject({ method: 'POST', url, headers, payload })
    const problem = response.headers['x-dynablock-problem']
    if (response.statusCode !== 200 || String(problem).includes('DYN_')) throw new Error(`${problem ?? response.body}`)
    const answer: { version: string; content: Content } = response.json()
    t.equal(answer.version, 'v2')
    return answer.content
  }
}
