/**
 * What ManyChat's Public API answers, by its Swagger (https://api.manychat.com/swagger, Page API and Profile API, as of
 * August 2026). One difference: `findBySystemField` that finds nobody gives null, as clients expect. Where the Swagger
 * has no null, Full Contact Data of live accounts has it for what isn't known; the fake API keeps to the Swagger and gives ''.
 */
import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { FieldType } from '../../manychat/params.ts'

const exact = { additionalProperties: false }
const text = Type.String()
const flag = Type.Boolean()
const int = Type.Integer()
/** An integer that may exceed 2^53. */
const LongInt = Type.Unsafe<number | bigint>(Type.Integer())
const W3cTime = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}[+-]\\d{2}:\\d{2}$' })
const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const Page = Type.Object(
  {
    id: LongInt,
    name: text,
    category: text,
    avatar_link: text,
    username: text,
    about: text,
    description: text,
    is_pro: flag,
    timezone: text,
  },
  exact,
)
export const Tag = Type.Object({ id: int, name: text }, exact)
export const OtnTopic = Type.Object({ id: int, name: text, description: text }, exact)
export const GrowthTool = Type.Object({ id: int, name: text, type: text }, exact)
const field = { id: int, name: text, type: FieldType, description: text }
export const CustomField = Type.Object(field, exact)
export const BotField = Type.Object({ ...field, value: Value }, exact)
const Flow = Type.Object({ ns: text, name: text, folder_id: int }, exact)
const Folder = Type.Object({ id: int, name: text, parent_id: int }, exact)

export const Subscriber = Type.Object(
  {
    id: text,
    page_id: text,
    user_refs: Type.Array(Type.Object({ user_ref: text, opted_in: W3cTime }, exact)),
    first_name: text,
    last_name: text,
    name: text,
    gender: text,
    profile_pic: text,
    locale: text,
    language: text,
    timezone: text,
    live_chat_url: text,
    last_input_text: text,
    optin_phone: flag,
    phone: text,
    optin_email: flag,
    email: text,
    subscribed: W3cTime,
    last_interaction: orNull(W3cTime),
    last_seen: W3cTime,
    is_followup_enabled: flag,
    ig_username: text,
    ig_id: LongInt,
    whatsapp_phone: text,
    whatsapp_bsuid: orNull(text),
    whatsapp_username: orNull(text),
    optin_whatsapp: flag,
    custom_fields: Type.Array(BotField),
    tags: Type.Array(Tag),
  },
  exact,
)

/** An answer without `data`. */
const nothing = Type.Undefined()

/** The `data` of each operation. */
export const answers = {
  page: {
    getInfo: Page,
    getTags: Type.Array(Tag),
    getGrowthTools: Type.Array(GrowthTool),
    getWidgets: Type.Array(GrowthTool),
    getCustomFields: Type.Array(CustomField),
    getOtnTopics: Type.Array(OtnTopic),
    getBotFields: Type.Array(BotField),
    getFlows: Type.Object({ flows: Type.Array(Flow), folders: Type.Array(Folder) }, exact),
    createTag: Type.Object({ tag: Tag }, exact),
    removeTag: nothing,
    removeTagByName: nothing,
    createCustomField: Type.Object({ field: CustomField }, exact),
    createBotField: Type.Object({ field: BotField }, exact),
    setBotField: nothing,
    setBotFieldByName: nothing,
    setBotFields: nothing,
  },
  subscriber: {
    getInfo: Subscriber,
    getInfoByUserRef: Subscriber,
    findByName: Type.Array(Subscriber, { maxItems: 100 }),
    findByCustomField: Type.Array(Subscriber, { maxItems: 100 }),
    findBySystemField: orNull(Subscriber),
    addTag: nothing,
    addTagByName: nothing,
    removeTag: nothing,
    removeTagByName: nothing,
    setCustomField: nothing,
    setCustomFieldByName: nothing,
    setCustomFields: nothing,
    createSubscriber: Subscriber,
    updateSubscriber: Subscriber,
    verifyBySignedRequest: nothing,
  },
  sending: { sendContent: nothing, sendContentByUserRef: nothing, sendFlow: nothing },
  template: { generateSingleUseLink: Type.Object({ hash_code: text, installation_link: text }, exact) },
} as const

export type Answers = typeof answers

/** The bodies of status 400. */
export const Refused = Type.Union([
  Type.Object(
    {
      status: Type.Literal('error'),
      message: text,
      details: Type.Object({ messages: Type.Array(Type.Object({ message: text }, exact), { minItems: 1 }) }, exact),
    },
    exact,
  ),
  Type.Object({ status: Type.Literal('error'), message: text, code: int }, exact),
])

export type Tag = Static<typeof Tag>
export type OtnTopic = Static<typeof OtnTopic>
export type GrowthTool = Static<typeof GrowthTool>
export type CustomField = Static<typeof CustomField>
export type BotField = Static<typeof BotField>
export type Subscriber = Static<typeof Subscriber>
