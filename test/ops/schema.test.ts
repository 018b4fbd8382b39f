import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { contentSchema } from '../../src/content/json-schema.ts'
import { build, publicUrl } from '../helper.ts'

t.test('the schema is open to everybody, and knows its address', async t => {
  const { app } = build(t)
  const response = await app.inject('/schema/content.json')
  t.equal(response.statusCode, 200)
  t.match(response.headers, {
    'content-type': 'application/schema+json; charset=utf-8',
    'access-control-allow-origin': '*',
  })
  const schema = response.json()
  t.strictSame(schema, contentSchema(`${publicUrl}/schema/content.json`))
  const accepts = new Ajv2020({ strict: false }).compile(schema)
  t.ok(accepts({ messages: [{ type: 'text', text: 'Hi' }] }))
  t.notOk(accepts({ messages: [{ type: 'text' }] }))
})
