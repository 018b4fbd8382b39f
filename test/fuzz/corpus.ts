/** The texts that mutations start from. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Texts = readonly [string, ...string[]]

const files = textsOf('fixtures/contacts')
/** Bodies of one contact each. */
export const wholeContacts = files.filter(text => !text.startsWith('[')) as unknown as Texts
/** With the bodies of the cases of who calls. */
export const contacts = files.flatMap(text =>
  text.startsWith('[') ? JSON.parse(text).map(({ body }: { body: unknown }) => JSON.stringify(body)) : [text],
) as unknown as Texts

/** v2 content, valid and invalid. */
export const replies = textsOf('fixtures/replies').map(text =>
  JSON.stringify(JSON.parse(text).content),
) as unknown as Texts

export const sends = replies.map(reply =>
  JSON.stringify({
    operation: 'sending.sendContent',
    page: '10203040506070809',
    params: { subscriber_id: '9007199254740993123', data: { version: 'v2', content: JSON.parse(reply) } },
  }),
) as unknown as Texts

function textsOf(folder: string): Texts {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.json'))
  return names.sort().map(name => readFileSync(join(folder, name), 'utf8')) as unknown as Texts
}
