import t from 'tap'
import { build } from '../../helper.ts'

t.test('in production there is none of it', async t => {
  const { app } = build(t)
  for (const [method, url] of [
    ['GET', '/simulator'],
    ['GET', '/simulator/'],
    ['GET', '/simulator/assets/main.js'],
    ['GET', '/simulator/vendor/preact.js'],
    ['GET', '/simulator/setup'],
    ['POST', '/simulator/conversations'],
    ['GET', '/simulator/conversations/1/events'],
    ['GET', '/simulator/conversations/1/recording'],
    ['POST', '/simulator/conversations/1/open'],
    ['POST', '/simulator/conversations/1/tap'],
    ['POST', '/simulator/conversations/1/say'],
    ['POST', '/simulator/conversations/1/contact'],
    ['POST', '/simulator/replays'],
    ['POST', '/simulator/switches'],
    ['POST', '/simulator/clock'],
    ['POST', '/simulator/restart'],
    ['GET', '/simulator/api/fb/page/getInfo'],
    ['POST', '/simulator/api/fb/sending/sendContent'],
  ] as const) {
    const { statusCode, body } = await app.inject({ method, url, ...(method === 'POST' && { payload: {} }) })
    t.equal(statusCode, 404, `${method} ${url}`)
    t.match(JSON.parse(body), { code: 'DYN_ROUTE_UNKNOWN' })
  }
})
