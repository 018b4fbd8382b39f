import t from 'tap'
import { inspectContent } from '../../src/content/check.ts'

/** The messages of the problems in content, or in a single message, button or action. */
const explain = {
  content: (content: unknown) => inspectContent(content).map(({ message }) => message),
  message: (message: unknown) => explain.content({ messages: [message] }),
  button: (button: unknown) => explain.message({ type: 'text', text: 'a', buttons: [button] }),
  listener: (listener: object) =>
    explain.content({
      messages: [],
      external_message_callback: { url: 'https://example.com', method: 'post', ...listener },
    }),
}

t.test('a missing member is told with what it must be', async t => {
  t.strictSame(explain.content({}), ['This is missing; it must be a list. Add it.'])
  t.strictSame(explain.button({ caption: 'Go' }), [
    'This is missing; it must be one of call, url, flow, node, buy, dynamic_block_callback. Add it.',
  ])
})

t.test('a mistyped name is told with the one that was meant', async t => {
  t.strictSame(explain.content({ messages: [], quickreplies: [] }), [
    '"quickreplies" is not allowed here, only type, messages, actions, quick_replies, external_message_callback; ' +
      'it is dropped. Did you mean "quick_replies"? Remove or rename it.',
  ])
  t.strictSame(explain.message({ type: 'txt', text: 'a' }), [
    'This must be one of text, image, video, audio, file, cards; got "txt". ' +
      'Did you mean "text"? Use a maker, or one of these names.',
  ])
})

t.test('a name is told as it is, though its pointer is escaped', async t => {
  t.match(inspectContent({ messages: [], 'a/b~1': 1 }), [{ path: '/a~1b~01', got: '"a/b~1"' }])
})

t.test('a name like none has no suggestion', async t => {
  t.notMatch(explain.content({ messages: [], zzzzzzzz: 1 }), /Did you mean/)
  t.notMatch(explain.message({ type: 'carousel' }), /Did you mean/)
  t.strictSame(explain.message({ type: 'not a name' }), [
    'This must be one of text, image, video, audio, file, cards; got other text. Use a maker, or one of these names.',
  ])
  t.match(explain.message({ type: ['text'] }), [/got a list\. Use/])
})

t.test('a wrong value is told by its kind', async t => {
  const text = (text: unknown) => explain.message({ type: 'text', text })
  t.match(text(''), ['This must be text that is not empty; got empty text. Change the value.'])
  t.match(text(7), ['got a number.'])
  t.match(text(Number.NaN), ['got NaN.'])
  t.match(text(7n), ['got a bigint.'])
  t.match(text(true), ['got true.'])
  t.match(text(null), ['got null.'])
  t.match(text({}), ['got an object.'])
  t.match(
    text(() => 1),
    ['got a function.'],
  )
  t.match(explain.button({ type: 'url', caption: 'Go', url: 'https://example.com', webview_size: 'tall' }), [
    'This must be "full", "medium" or "compact"; got other text.',
  ])
})

t.test('an address is told by its scheme alone', async t => {
  const url = (url: string) => explain.listener({ url })
  t.strictSame(url('HTTP://user:word@example.com'), [
    'A callback needs an https:// address; got one that begins with http:. Set PUBLIC_URL to an https address.',
  ])
  t.match(url('user:word@example.com'), ['got another.'])
  t.match(url('example.com'), ['got another.'])
})

t.test('a limit is told with its numbers', async t => {
  t.match(explain.content({ messages: new Array(11).fill({ type: 'text', text: 'a' }) }), [
    'ManyChat takes at most 10 messages; got 11.',
  ])
  t.match(explain.listener({ timeout: 86401 }), [
    'The timeout must be a whole number of seconds from 1 to 86400; got 86401.',
  ])
  t.match(explain.listener({ timeout: 0.5 }), [
    'The timeout must be a whole number of seconds from 1 to 86400; got 0.5.',
  ])
  t.match(explain.listener({ timeout: Number.NaN }), [
    'The timeout must be a whole number of seconds from 1 to 86400; got NaN.',
  ])
  t.match(explain.message({ type: 'cards', elements: [] }), ['A gallery has at least 1 card; got none.'])
})

t.test('actions where none may be are told as such', async t => {
  t.strictSame(explain.button({ type: 'call', caption: 'Call', phone: '+1', actions: [{}] }), [
    'Actions are not allowed here. ' + 'Move them to the content, or to a button of type url, flow or node.',
  ])
})

t.test('a quick reply of type content is told to be a flow', async t => {
  const content = { messages: [], quick_replies: [{ type: 'content', caption: 'Go', target: 'content1_2' }] }
  t.match(explain.content(content), [/got "content"\. Use "flow", with the id of the flow as its target\./])
})

t.test('of a list that nobody wrote, what is unknown is an error', async t => {
  const button = { type: 'flow', caption: 'Go', target: 'content1_2', size: 1 }
  t.match(explain.message({ type: 'text', text: 'a', buttons: new Array(1001).fill(button) }), [
    'This must be one of type, caption, target, actions; got "size". Change the value.',
  ])
})
