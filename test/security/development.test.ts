import type { AddressInfo } from 'node:net'
import t from 'tap'
import { serveSimulator, token } from '../dev/simulator/serve.ts'
import { size } from '../dev/simulator/size.ts'
import { ana, buttonOf, post, secret } from '../helper.ts'
import { httpRequest } from '../http-request.ts'
import { otherAddress } from '../other-address.ts'
import { attempts } from './development-only.ts'

const days = 86_400_000

t.test('V3: what only development has needs the token of this run, whatever a stranger says of himself', async t => {
  const { app } = await serveSimulator(t, { size }, { host: '0.0.0.0' })
  const { port } = app.server.address() as AddressInfo
  const ask = (method: string, path: string, body: string | undefined, cookie?: string) => {
    const headers = { host: 'localhost:3000', 'content-type': 'application/json', ...(cookie && { cookie }) }
    return httpRequest({ host: otherAddress, port, method, path, headers }, body)
  }
  for (const { method, path, body } of attempts) {
    t.match(await ask(method, path, body), { status: 401 }, `${method} ${path}`)
    t.match(await ask(method, path, body, `dynablock-3000=${'0'.repeat(64)}`), { status: 401 }, `${method} ${path}`)
  }
  t.match(await ask('GET', '/simulator/setup', undefined, `dynablock-3000=${token}`), { status: 200 }, 'the developer')
})

t.test('V4: a seal of the simulator opens no real route, and a real one nothing in it', async t => {
  const { app, ask, begin } = await serveSimulator(t, { size })
  const talk = await begin('size')
  const { saved } = await talk.state()
  const [{ message }] = saved.bubbles
  const [{ id, wire }] = message.buttons
  const { payload } = wire
  const forged = await post(app, '/blocks/size/chosen', payload)
  t.match(forged, { status: 401, json: { code: 'DYN_SEAL_REFUSED' } })

  const opened = await post(app, '/blocks/size', ana, { authorization: `Bearer ${secret}` })
  const real = buttonOf(opened, 'Small')?.payload as { state: string }
  t.match(await post(app, '/blocks/size/chosen', real), { status: 200, shown: 'Your name?' }, 'it is genuine')
  const copy = JSON.parse(JSON.stringify(saved).replaceAll(payload.state, real.state))
  const restored = await ask('POST', '/conversations', { block: 'size', channel: 'messenger', saved: copy })
  const path = `/conversations/${restored.json.id}`
  await ask('POST', `${path}/tap`, { id })
  const { steps } = (await ask('GET', `${path}/recording`)).json
  t.match(steps.at(-1), { do: 'tap', answers: [{ status: 401 }] })
})

t.test('V5: the clock of the simulator expires nothing real, and the other way round', async t => {
  let serverAheadMs = 0
  const serverNow = () => Date.now() + serverAheadMs
  const { app, ask, begin } = await serveSimulator(t, { size }, { serverNow })
  const enter = async () => {
    const { payload } = buttonOf(opened, 'Small') ?? {}
    return (await post(app, '/blocks/size/chosen', payload)).shown
  }
  const opened = await post(app, '/blocks/size', ana, { authorization: `Bearer ${secret}` })
  const talk = await begin('size')
  const { id } = (await talk.state()).saved.bubbles[0].message.buttons[0]
  const tap = async () => {
    await ask('POST', `${talk.path}/tap`, { id })
    return (await talk.state()).saved.bubbles.at(-1).message.text
  }
  serverAheadMs = 31 * days
  t.match(await enter(), /old|again|expired/i, 'a real button of a month ago')
  t.equal(await tap(), 'Your name?', 'the simulator lives on its own time')
  serverAheadMs = 0
  await ask('POST', '/clock', { forwardMs: 31 * days })
  t.match(await tap(), /old|again|expired/i)
  t.equal(await enter(), 'Your name?', 'for real contacts no time has passed')
})

t.test('V6: through a proxy or a tunnel that says so, not even the token leads to the simulator', async t => {
  const { app, port, origin, cookie } = await serveSimulator(t, { size })
  for (const headers of [
    { 'x-forwarded-for': '203.0.113.9' },
    { 'x-forwarded-host': 'bot.example.com' },
    { forwarded: 'for=203.0.113.9' },
    { via: '1.1 proxy' },
    { 'x-real-ip': '203.0.113.9' },
    { host: 'blue-moon.trycloudflare.com' },
  ] as Record<string, string>[]) {
    for (const { method, path, body } of attempts) {
      const all = { host: `localhost:${port}`, cookie, 'content-type': 'application/json', ...headers }
      const { status, body: told } = await httpRequest({ host: '127.0.0.1', port, method, path, headers: all }, body)
      t.match([status, told], [/40[13]/, /DYN_(SIMULATOR_HOST|UNAUTHORIZED)/], `${method} ${path}`)
    }
  }
  t.equal((await fetch(`${origin}/simulator/setup`, { headers: { cookie } })).status, 200)
  const headers = { host: `localhost:${port}`, cookie }
  const elsewhere = await app.inject({ url: '/simulator/setup', headers, remoteAddress: '203.0.113.9' })
  t.match([elsewhere.statusCode, elsewhere.body], [403, /DYN_SIMULATOR_HOST/], 'a connection from another machine')
})
