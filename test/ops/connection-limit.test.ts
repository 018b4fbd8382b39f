import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { defineBlock } from '../../src/index.ts'
import { ana, build, buttonOf, metricsOf, post, secret } from '../helper.ts'
import { until } from '../until.ts'

const call = `POST /blocks/hello HTTP/1.1\r\nHost: b.test\r\nAuthorization: Bearer ${secret}\r\nContent-Length: ${ana.length}\r\n\r\n${ana}`
const ask = 'GET /healthz HTTP/1.1\r\nHost: b.test\r\n\r\n'

async function serve(t: Test, count: number) {
  const { promise: gate, resolve: release } = Promise.withResolvers<string>()
  const blocks = {
    hello: defineBlock({
      open: ({ tap }) => ({ messages: [{ type: 'text', text: 'Hello', buttons: [tap('Go on', 'next')] }] }),
      steps: { next: () => 'Next' },
    }),
    slow: defineBlock({ open: () => gate }),
  }
  const built = build(t, { blocks, limits: { count } })
  const { app } = built
  t.teardown(() => release('Done'))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  return { ...built, open, release, closed: closedBy }

  /** A connection that the server has seen. */
  async function open() {
    const seen = once(app.server, 'connection')
    const socket = connect(port, '127.0.0.1')
      .setEncoding('utf8')
      .on('error', () => {})
    t.teardown(() => socket.destroy())
    await seen
    return { socket, say: (text: string) => say(socket, text), closed: () => until(() => socket.closed) }
  }

  async function closedBy(which: string): Promise<number> {
    const body = await metricsOf(app)
    return Number(new RegExp(`dynablock_connections_closed_total\\{which="${which}"\\} (\\d+)`).exec(body)?.[1] ?? 0)
  }
}

async function say(socket: Socket, text: string): Promise<string> {
  socket.write(text)
  const [answer] = await once(socket, 'data')
  return answer
}

t.test('when there are too many, the oldest without an authentic request is closed, logged and counted', async t => {
  const { open, lines, closed, clock } = await serve(t, 3)
  const proven = await open()
  t.match(await proven.say(call), /^HTTP\/1\.1 200 /)
  const [first, second] = [await open(), await open()]
  t.match(await first.say(ask), /^HTTP\/1\.1 200 /)
  const genuine = await open()
  await first.closed()
  t.match(await genuine.say(call), /^HTTP\/1\.1 200 /)
  await open()
  await second.closed()
  clock.ms += 5000
  const last = await open()
  t.match(await last.say(call), /^HTTP\/1\.1 200 /)
  for (const { say } of [proven, genuine]) t.match(await say(call), /^HTTP\/1\.1 200 /)
  const told = lines('warn').filter(({ limit }) => limit === 3)
  t.match(told, [{ closed: 1 }, { closed: 2, msg: 'too many connections: closed some' }])
  t.equal(await closed('unproven'), 3)
})

t.test('a callback proves a connection as a secret does', async t => {
  const { app, open } = await serve(t, 1)
  const opened = await post(app, '/blocks/hello', ana, { authorization: `Bearer ${secret}` })
  const body = JSON.stringify(buttonOf(opened, 'Go on')?.payload)
  const tapping = await open()
  const head = `POST /blocks/hello/next HTTP/1.1\r\nHost: b.test\r\nContent-Length: ${body.length}\r\n\r\n`
  t.match(await tapping.say(head + body), /^HTTP\/1\.1 200 [\s\S]*Next/)
  t.match(await tapping.say(call.replace(secret, 'wrong')), /^HTTP\/1\.1 401 /, 'and what fails later changes nothing')
  const busy = call.replace('/blocks/hello', '/blocks/slow')
  tapping.socket.write(busy)
  await once(app.server, 'request')
  const another = await open()
  await another.closed()
  t.equal(tapping.socket.closed, false)
})

t.test(
  'when all have carried one, those that are idle are closed, and those with a call under way are not',
  async t => {
    const { app, open, release, closed, clock } = await serve(t, 2)
    const [busy, idle] = [await open(), await open()]
    t.match(await idle.say(call), /^HTTP\/1\.1 200 /)
    busy.socket.write(call.replace('/blocks/hello', '/blocks/slow'))
    await once(app.server, 'request')
    const third = await open()
    await idle.closed()
    t.equal(await closed('idle'), 1)
    third.socket.write(call.replace('/blocks/hello', '/blocks/slow'))
    await once(app.server, 'request')

    const fourth = await open()
    await fourth.closed()
    clock.ms += 5000
    const fifth = await open()
    await fifth.closed()
    t.equal(await closed('new'), 2, 'nothing else is left')
    const answers = [once(busy.socket, 'data'), once(third.socket, 'data')]
    release('Done')
    for (const [answer] of await Promise.all(answers)) t.match(answer, /^HTTP\/1\.1 200 [\s\S]*Done/)
  },
)
