import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { build, metricsOf, post } from '../helper.ts'

const page = '1234567890123456789'
const secrets = {
  webhookSecrets: ['canary-webhook-secret-of-this-test'],
  stateKeys: ['canary-state-key-of-this-test-run'] as [string],
  apiTokens: ['canary-api-token-of-this-test-run'],
  appInstallSecrets: ['canary-install-secret-of-this-test'],
  manychatApiKeys: [`${page}:canary-page-key`],
  chatfuelBots: ['bot:canary-bot-token'],
}
const contact = {
  id: 7,
  page_id: page,
  first_name: 'Canary',
  last_name: 'canary name',
  phone: 'canary-phone',
  email: 'canary@mail.test',
  last_input_text: 'canary input',
  custom_fields: { 'canary field': 'canary value' },
}

t.test('P1: no key, secret, token or text of a contact is logged, counted or told to the wrong one', async t => {
  const platform = await startFakePlatform(t)
  const blocks = {
    well: defineBlock({
      states: { go: Type.Object({ said: Type.String() }) },
      open: ({ input, listen }) => ({ external_message_callback: listen('go', { said: `${input}` }) }),
      steps: { go: () => '' },
    }),
    throws: defineBlock({ open: ({ contact }) => Promise.reject(new Error(`canary ${contact.phone}`)) }),
    invalid: defineBlock({
      open: ({ contact }) =>
        Array.from({ length: 12 }, () => ({
          type: 'text',
          text: `${contact.email}`.repeat(1000),
          buttons: [
            { type: `${contact.phone}`, caption: `${contact.phone}`, url: `${contact.last_name}`, target: 'x' },
          ],
        })) as never,
    }),
    calls: defineBlock({
      open: ({ manychat, contact }) =>
        manychat.subscriber
          .setCustomFieldByName({ subscriber_id: contact.id, field_name: 'f', field_value: 'canary value' })
          .then(() => 'done'),
    }),
  }
  const { app, log } = build(t, { config: { ...secrets, manychatApiUrl: platform.url }, blocks })
  const authorization = `Bearer ${secrets.webhookSecrets[0]}`
  const told: string[] = []
  for (const block of [...Object.keys(blocks), 'unknown']) {
    platform.answerWith({
      status: 400,
      body: `{"status":"error","message":"canary value of canary-page-key","details":{"messages":[{"message":"canary value"}]}}`,
    })
    const answer = await post(app, `/blocks/${block}`, contact, { authorization })
    told.push(answer.text)
    t.equal(answer.status, block === 'unknown' ? 404 : 200, block)
  }
  told.push((await post(app, '/blocks/well', '{"canary', { authorization })).text)
  told.push((await post(app, '/blocks/well', contact, { authorization: 'Bearer canary-wrong' })).text)
  told.push((await post(app, '/blocks/well/go', { state: 'canary.canary.canary' })).text)
  const token = { authorization: `Bearer ${secrets.apiTokens[0]}` }
  const params = {
    subscriber_id: 7,
    data: { version: 'v2', content: { messages: [{ type: 'text', text: 'canary', url: 'canary' }] } },
  }
  told.push((await post(app, '/sends', { operation: 'sending.sendContent', page, params }, token)).text)
  told.push(await metricsOf(app, secrets.apiTokens[0]), (await app.inject('/readyz')).body)
  // The sealed state of an answer holds what the contact said, as docs say of C3.
  t.notMatch(told.join('\n').replace(/"state":"[^"]+"/g, ''), /canary/i)
  t.notMatch(log.join('\n'), /canary/i)
  t.ok(log.length >= 5, 'what went wrong is logged')
})
