import t from 'tap'
import { loadConfig } from '../../src/settings/config.ts'
import { startMessage } from '../../src/settings/start-message.ts'

const config = { ...loadConfig({ NODE_ENV: 'development', PORT: '0' }), webhookSecrets: ['made-up'] }
const common = { config, port: 4000, folder: 'blocks', token: 'a-token' }

t.test('it says what is served, and how to call it', async t => {
  const message = startMessage({
    ...common,
    blocks: ['faq', 'size'],
    madeUp: ['WEBHOOK_SECRETS', 'STATE_KEYS'],
    isApiPlayed: true,
  })
  t.match(message, 'dynablock serves 2 blocks from blocks: faq, size')
  t.match(message, 'WEBHOOK_SECRETS is not set: this run uses a made-up secret.')
  t.match(message, 'buttons stop working at the next start')
  t.match(message, 'http://localhost:4000/simulator?token=a-token\n')
  t.match(message, 'late replies and call.manychat work only in the simulator')
  t.notMatch(message, 'Dynamic Block')
  t.match(message, 'curl -s http://localhost:4000/blocks/size \\')
  t.match(message, "-H 'Authorization: Bearer made-up' \\")
})

t.test(
  'the first block is called where there is no size, and a secret that was given is not called made up',
  async t => {
    const message = startMessage({ ...common, blocks: ['faq'], madeUp: [], isApiPlayed: false })
    t.match(message, '/blocks/faq \\')
    t.notMatch(message, /made up|made-up|next start/, 'nor shown')
    t.notMatch(message, 'late replies')
    t.match(message, 'dynablock serves 1 block from')
  },
)

t.test('behind a tunnel it says what to paste into ManyChat', async t => {
  const live = { ...config, publicUrl: 'https://b.test' }
  const options = { ...common, config: live, blocks: ['faq'], isApiPlayed: false }
  t.match(
    startMessage({ ...options, madeUp: ['WEBHOOK_SECRETS'] }),
    'POST https://b.test/blocks/faq\n  Authorization: Bearer made-up\n',
  )
  t.match(startMessage({ ...options, madeUp: [] }), 'Authorization: Bearer <one of WEBHOOK_SECRETS>\n')
})
