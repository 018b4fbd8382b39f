import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createReplayCommand } from '../../../src/dev/commands/replay.ts'
import type { Fixture } from '../../../src/dev/conversation/fixture.ts'
import { openChat } from '../../../src/testing.ts'
import { build, buttonOf, folderOf, secret } from '../../helper.ts'

const source = `
import { defineBlock, text } from '${join(import.meta.dirname, '../../../src/index.ts')}'
export default defineBlock({
  open: ({ tap, tapReply, contact }) => ({
    messages: [text('Hi ' + contact.first_name + ', to the annex?', [tap('Annex', 'annex'), tap('Home', 'home')])],
    quick_replies: [tapReply('Home', 'home'), tapReply('Annes', 'city')],
  }),
  steps: { annex: () => 'To the annex', home: () => 'Home', city: () => 'To Annes' },
})
`

t.test('a name with a hyphen is recorded; words that may be a name are left out, and taps find them again', async t => {
  const blocks = folderOf(t, { 'ways.ts': source })
  const { default: ways } = await import(join(blocks, 'ways.ts'))
  const recordDir = folderOf(t)
  const { app, open, enter, lines } = build(t, { blocks: { ways }, config: { dev: true, recordDir } })
  const anne = { id: '9007199254740993123', first_name: 'Anne', last_name: 'Cool-Cat', ig_username: 'cool-cat' }
  for (const caption of ['Annex', 'Annes', 'Home']) {
    const opened = await open('ways', JSON.stringify(anne))
    await enter(buttonOf(opened, caption))
  }
  await app.close()

  const files = readdirSync(recordDir).map(name => join(recordDir, name))
  const fixtures = files.map(file => JSON.parse(readFileSync(file, 'utf8')) as Fixture)
  t.equal(fixtures.length, 3)
  for (const { contact, steps } of fixtures) {
    t.notMatch(JSON.stringify([contact, steps]), /Anne|Cool|Cat/i)
    t.match(steps[0]?.answers, [{ content: { messages: [{ text: `Hi ${contact.first_name}, to the <word>?` }] } }])
  }
  const taps = fixtures.map(({ steps: [, tap] }) => [Object(tap).caption, Object(tap).index])
  t.strictSame(
    taps.sort(),
    [
      ['<word>', 0],
      ['<word>', 3],
      ['Home', undefined],
    ],
    'also told by its number, where others may be meant',
  )
  t.equal(lines('warn').filter(({ msg }) => /left out of recordings/.test(String(msg))).length, 1, 'logged once')
  t.notMatch(JSON.stringify(lines('warn')), /annes|annex|cool/i)

  const replay = async () => {
    let written = ''
    const env = { WEBHOOK_SECRETS: secret }
    const write = (text: string) => {
      written += text
    }
    const code = await createReplayCommand(openChat)([recordDir, '--folder', blocks], { env, fetch, write })
    return { code, written }
  }
  const { code, written } = await replay()
  t.equal(code, 0, written)
})
