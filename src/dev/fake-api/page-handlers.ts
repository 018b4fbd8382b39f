/** `/fb/page/…` and `/user/template/…`: the page and its tags, fields and flows. */
import type { StoredValue } from '../../manychat/custom-fields.ts'
import type { FieldType } from '../../manychat/params.ts'
import type { FieldKey } from './account.ts'
import type { Handler, Handlers } from './handler.ts'

/** The flow of ManyChat's own examples, so that code copied from them works. */
const sampleFlow = { ns: 'content20180221085508_278589', name: 'Welcome', folder_id: 0 }

export const pageHandlers: Handlers<'page'> = {
  getInfo: (_params, { page }) => ({
    id: /^\d+$/.test(page) ? BigInt(page) : 0,
    name: 'The page of the simulator',
    category: '',
    avatar_link: '',
    username: '',
    about: '',
    description: '',
    is_pro: true,
    timezone: 'UTC',
  }),
  getTags: (_params, { account }) => account.tags,
  getGrowthTools: (_params, { account }) => account.growthTools,
  getWidgets: (_params, { account }) => account.growthTools,
  getOtnTopics: (_params, { account }) => account.otnTopics,
  getCustomFields: (_params, { account }) => account.fields,
  getBotFields: (_params, { account }) => account.botFields,
  getFlows: () => ({ flows: [sampleFlow], folders: [] }),
  createTag: ({ name }, { account }) => ({ tag: account.createTag(String(name)) }),
  removeTag,
  removeTagByName: removeTag,
  createCustomField: ({ caption, type, description }, { account }) => ({
    field: account.createField(String(caption), type as FieldType, description as string | undefined),
  }),
  createBotField: ({ name, type, description, value }, { account }) => ({
    field: account.createBotField(
      String(name),
      type as FieldType,
      description as string | undefined,
      value as StoredValue | undefined,
    ),
  }),
  setBotField,
  setBotFieldByName: setBotField,
  setBotFields: ({ fields }, context) => {
    for (const field of fields as Record<string, unknown>[]) setBotField(field, context)
  },
}

export const templateHandlers: Handlers<'template'> = {
  generateSingleUseLink: ({ template_id }) => ({
    hash_code: `simulated-${template_id}`,
    installation_link: `https://app.manychat.com/template/simulated-${template_id}`,
  }),
}

function removeTag(params: Record<string, unknown>, { account, subscribers, page }: Parameters<Handler>[1]): void {
  const tag = account.tagOf(params)
  account.removeTag(tag)
  for (const subscriber of subscribers.of(page)) subscriber.removeTag(tag.name, 'api')
}

function setBotField({ field_value, ...key }: Record<string, unknown>, { account }: Parameters<Handler>[1]): void {
  account.botFieldOf(key as FieldKey).value = field_value as StoredValue
}
