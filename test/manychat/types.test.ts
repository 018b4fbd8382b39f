/** Code that must not compile. Nothing runs: `tsc` is the test, and fails when an expected error is missing. */
import t from 'tap'
import { createManyChat, type ManyChat, type ManyChatOptions } from '../../src/manychat/client.ts'

export async function mistakes({ page, sending, subscriber, template }: ManyChat) {
  // @ts-expect-error an operation that does not exist
  page.getEverything
  // @ts-expect-error a parameter is missing
  await subscriber.getInfo({})
  // @ts-expect-error all parameters are missing
  await subscriber.getInfo()
  // @ts-expect-error an id is not a boolean
  await subscriber.getInfo({ subscriber_id: true })
  // @ts-expect-error parameters are in snake case
  await subscriber.getInfo({ subscriberId: '1' })
  // @ts-expect-error email or phone, not both
  await subscriber.findBySystemField({ email: 'a', phone: 'b' })
  // @ts-expect-error one of email and phone
  await subscriber.findBySystemField({})
  // @ts-expect-error a field has an id or a name
  await subscriber.setCustomFields({ subscriber_id: '1', fields: [{ field_value: 1 }] })
  // @ts-expect-error a field can't be set to null
  await subscriber.setCustomField({ subscriber_id: '1', field_id: '2', field_value: null })
  // @ts-expect-error content needs its version
  await sending.sendContent({ subscriber_id: '1', data: { content: { messages: [] } } })
  // @ts-expect-error a type of field that does not exist
  await page.createCustomField({ caption: 'a', type: 'list' })
  // @ts-expect-error a tag has no number
  ;(await page.getTags()).map(tag => tag.number satisfies string)
  const { name } = await page.getInfo()
  const link: string = (await template.generateSingleUseLink({ template_id: 1n })).installation_link
  const first: string | undefined = (await subscriber.findByName({ name: 'Ana' }))[0]?.id
  // @ts-expect-error the result may be null
  const id: string = (await subscriber.findBySystemField({ phone: '1' })).id
  return [name, link, first, id]
}

export function wrongOptions(): ManyChatOptions[] {
  // @ts-expect-error one credential, not two
  createManyChat({ key: 'a', appKey: 'b' })
  // @ts-expect-error no credential
  return [{}]
}

t.pass('compiled')
