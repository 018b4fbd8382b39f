import t from 'tap'
import type { Action } from '../../src/content/action.ts'
import type { Content } from '../../src/content/content.ts'
import { leaveOutUnknown, readKnownNames } from '../../src/delivery/unknown-names.ts'

const tagged: Action = { action: 'add_tag', tag_name: 'VIP' }
const untagged: Action = { action: 'remove_tag', tag_name: 'Gone' }
const sized: Action = { action: 'set_field_value', field_name: 'Size', value: 'L' }
const unset: Action = { action: 'unset_field_value', field_name: 'Missing' }
const known = { tags: new Set(['vip']), fields: new Set(['size']) }
const url = { type: 'url', caption: 'See', url: 'https://b.test' } as const
const text = { type: 'text', text: 'Hello' } as const

t.test('only what names an unknown tag or field is left out, of buttons too', async t => {
  const content: Content = {
    messages: [
      { ...text, buttons: [{ ...url, actions: [tagged, unset] }] },
      { type: 'cards', elements: [{ title: 'Shirt', buttons: [{ ...url, actions: [untagged] }] }, { title: 'Hat' }] },
      { type: 'image', url: 'https://b.test/a.png' },
    ],
    actions: [sized, untagged],
  }
  const before = structuredClone(content)
  const reduced = leaveOutUnknown(content, known)
  t.strictSame(reduced?.content, {
    messages: [
      { ...text, buttons: [{ ...url, actions: [tagged] }] },
      { type: 'cards', elements: [{ title: 'Shirt', buttons: [url] }, { title: 'Hat' }] },
      { type: 'image', url: 'https://b.test/a.png' },
    ],
    actions: [sized],
  })
  t.strictSame(content, before, 'what was given stays as it is')
  t.equal(reduced?.leftOut.code, 'DYN_SEND_WITHOUT_ACTIONS')
  t.match(reduced?.leftOut.message, 'went without: remove_tag of "Gone", unset_field_value of "Missing". Create')
})

t.test('where it can not be known what is unknown, every action is left out', async t => {
  const content: Content = { messages: [text], actions: [tagged, sized] }
  for (const names of [known, { tags: null, fields: null }]) {
    t.strictSame(leaveOutUnknown(content, names)?.content, { messages: [text] })
  }
  t.strictSame(leaveOutUnknown(content, { ...known, tags: null })?.content, { messages: [text], actions: [sized] })
})

t.test('where nothing is left there is nothing to send', async t => {
  t.equal(leaveOutUnknown({ messages: [text] }, known), null)
  t.equal(leaveOutUnknown({ messages: [], actions: [untagged] }, known), null)
})

t.test('a list that fails to arrive is no list', async t => {
  const page = {
    getTags: async () => [{ id: '1', name: ' VIP' }],
    getCustomFields: async () => Promise.reject(new Error('out of scope')),
  }
  const names = await readKnownNames({ page } as never, new AbortController().signal)
  t.strictSame(names, { tags: new Set(['vip']), fields: null })
})
