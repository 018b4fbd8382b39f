import t from 'tap'
import { isTemplate, readTemplate, type Scope } from '../../src/blocks/template.ts'

const scope: Scope = { contact: { id: '1' }, input: 'the words of a contact', channel: 'messenger', extras: {} }

function render(text: string, given: Partial<Scope> = {}): string {
  const template = readTemplate(text, { path: '/a', inPayload: false })
  if (typeof template !== 'function') throw new Error(template.message)
  return template({ ...scope, ...given })
}

t.test('what has no braces is no template', async t => {
  for (const text of ['', 'Hi', '{ }', '100 % { %', '} }']) t.notOk(isTemplate(text), text)
  for (const text of ['{{ a }}', '{{', '{% if %}', 'x{%-']) t.ok(isTemplate(text), text)
})

t.test('a template that goes on and on fails, and is told without what anybody wrote', async t => {
  const endless = '{% for i in (1..1000000000) %}a{% endfor %}'
  const doubling = '{% assign a = input %}{% for i in (1..99) %}{% assign a = a | append: a %}{% endfor %}'
  const nested =
    '{% for i in extras.n %}{% for j in extras.n %}{% for k in extras.n %}{% endfor %}{% endfor %}{% endfor %}'
  for (const text of [endless, doubling]) {
    t.throws(() => render(text), {
      code: 'DYN_TEMPLATE_FAILED',
      message: 'The template at /a could not be rendered: memory alloc limit exceeded.',
    })
  }
  t.throws(() => render(nested, { extras: { n: new Array(10_000).fill(1) } }), {
    code: 'DYN_TEMPLATE_FAILED',
    got: /template render limit/,
  })
})

t.test('a filter that throws is told without its message', async t => {
  const inZone = '{{ "now" | date: "%H", input }}'
  t.match(render(inZone, { input: 'Europe/Madrid' }), /^\d\d$/)
  const error = t.throws(() => render(inZone)) as Error
  t.match(error, { code: 'DYN_TEMPLATE_FAILED', got: 'Invalid time zone' })
  t.notMatch(`${error.stack} ${error.cause}`, 'words')
  const toJSON = () => {
    throw new Error('the words of a contact')
  }
  t.throws(() => render('{{ extras | json }}', { extras: { toJSON } }), {
    code: 'DYN_TEMPLATE_FAILED',
    got: 'an error',
  })
})

t.test('a template that is too long is refused', async t => {
  const text = `{{ input }}${' '.repeat(100_000)}`
  t.match(readTemplate(text, { path: '/a', inPayload: false }), {
    message: /^Liquid cannot read this template: parse length limit/,
    got: /^parse length limit/,
    remedy: /./,
  })
})
