import t from 'tap'
import { loadConfig } from '../../src/settings/config.ts'
import { startMessage } from '../../src/settings/start-message.ts'

const config = { ...loadConfig({ PORT: '4000', PUBLIC_URL: 'https://b.test' }), webhookSecrets: ['made-up'] }

t.test('it says what is served, and how to call it', async t => {
  const message = startMessage({
    config,
    blocks: ['faq', 'size'],
    folder: 'blocks',
    madeUp: ['WEBHOOK_SECRETS', 'STATE_KEYS', 'API_TOKENS'],
    isApiPlayed: true,
  })
  t.match(message, 'dynablock serves 2 blocks from blocks: faq, size')
  t.match(message, 'WEBHOOK_SECRETS is not set: this run uses a made-up secret.')
  t.match(message, 'buttons stop working at the next start')
  t.match(message, 'http://localhost:4000/simulator\n')
  t.match(message, 'late replies and call.manychat go to the simulator')
  t.match(message, 'curl -s http://localhost:4000/blocks/size \\')
  t.match(message, "-H 'Authorization: Bearer made-up' \\")
})

t.test(
  'the first block is called where there is no size, and a secret that was given is not called made up',
  async t => {
    const message = startMessage({ config, blocks: ['faq'], folder: 'blocks', madeUp: [], isApiPlayed: false })
    t.match(message, '/blocks/faq \\')
    t.notMatch(message, /made up|made-up|next start/, 'nor shown')
    t.notMatch(message, 'late replies')
    t.match(message, 'dynablock serves 1 block from')
  },
)
