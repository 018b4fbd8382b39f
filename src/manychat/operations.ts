import { type Static, type TSchema, Type } from '@sinclair/typebox'
import type {
  BotField,
  CustomField,
  Flows,
  GrowthTool,
  InstallationLink,
  OtnTopic,
  Page,
  Subscriber,
  Tag,
} from './answers.ts'
import { Data, Fields, FieldType, FieldValue, Flag, Id, params, SoughtValue, Text, UserRef } from './params.ts'
import { type Prepare, prepareBotField, prepareContent, prepareSubscriber } from './prepare.ts'

/** One operation of the Public API. */
export interface Operation<P extends TSchema = TSchema, A extends TSchema = TSchema> {
  method: 'GET' | 'POST'
  path: string
  /** Documented calls per second for each page key; null if undocumented. */
  rps: number | null
  /** Whether it changes something, so that calling it twice differs from calling it once. */
  writes: boolean
  params: P
  /** The type of the answer's `data`; what isn't relied upon is not checked. */
  answer: A
  /** Calls per hour for each subscriber. */
  perSubscriberHour?: number
  /** Checks what the schema can't express, and returns the parameters as they are sent. */
  prepare?: Prepare
}

const none = params({})
const WithId = Type.Object({ id: Type.String({ minLength: 1 }) })
const OneSubscriber = Type.Unsafe<Subscriber>(WithId)
const Subscribers = Type.Unsafe<Subscriber[]>(Type.Array(WithId))
const SubscriberOrNull = Type.Unsafe<Subscriber | null>(Type.Union([WithId, Type.Null()]))
const names = { first_name: Type.Optional(Text), last_name: Type.Optional(Text), gender: Type.Optional(Text) }
const addresses = { phone: Type.Optional(Text), email: Type.Optional(Text), whatsapp_phone: Type.Optional(Text) }
const consents = {
  has_opt_in_sms: Type.Optional(Flag),
  has_opt_in_email: Type.Optional(Flag),
  consent_phrase: Type.Optional(Text),
}
const absent = Type.Optional(Type.Undefined())
const EmailOrPhone = Type.Union([params({ email: Text, phone: absent }), params({ phone: Text, email: absent })], {
  description: 'either email or phone',
})
const NewBotField = params({
  name: Text,
  type: FieldType,
  description: Type.Optional(Type.String()),
  value: Type.Optional(FieldValue),
})
const Message = params({
  subscriber_id: Id,
  data: Data,
  message_tag: Type.Optional(Text),
  otn_topic_name: Type.Optional(Text),
})

/**
 * Every operation of ManyChat's Public API, by group and name. The client, its checks, its rates and its page in the
 * documentation derive from this table: a new operation is one entry.
 *
 * Source: https://api.manychat.com/swagger, Page API and Profile API.
 */
export const operations = {
  page: {
    getInfo: read('/fb/page/getInfo', 100, none, answers<Page>()),
    getTags: read('/fb/page/getTags', 100, none, answers<Tag[]>()),
    getGrowthTools: read('/fb/page/getGrowthTools', 100, none, answers<GrowthTool[]>()),
    /** @deprecated by ManyChat in favour of `getGrowthTools` */
    getWidgets: read('/fb/page/getWidgets', 100, none, answers<GrowthTool[]>()),
    getCustomFields: read('/fb/page/getCustomFields', 100, none, answers<CustomField[]>()),
    getOtnTopics: read('/fb/page/getOtnTopics', 100, none, answers<OtnTopic[]>()),
    getBotFields: read('/fb/page/getBotFields', 100, none, answers<BotField[]>()),
    getFlows: read('/fb/page/getFlows', 10, none, answers<Flows>()),
    createTag: write('/fb/page/createTag', 10, params({ name: Text }), answers<{ tag: Tag }>()),
    /** Removes the tag from the page and every contact, for good. */
    removeTag: write('/fb/page/removeTag', 10, params({ tag_id: Id }), answers()),
    /** Removes the tag from the page and every contact, for good. */
    removeTagByName: write('/fb/page/removeTagByName', 10, params({ tag_name: Text }), answers()),
    createCustomField: write(
      '/fb/page/createCustomField',
      10,
      params({ caption: Text, type: FieldType, description: Type.Optional(Type.String()) }),
      answers<{ field: CustomField }>(),
    ),
    createBotField: {
      ...write('/fb/page/createBotField', 10, NewBotField, answers<{ field: BotField }>()),
      prepare: prepareBotField,
    },
    setBotField: write('/fb/page/setBotField', 10, params({ field_id: Id, field_value: FieldValue }), answers()),
    setBotFieldByName: write(
      '/fb/page/setBotFieldByName',
      10,
      params({ field_name: Text, field_value: FieldValue }),
      answers(),
    ),
    setBotFields: write('/fb/page/setBotFields', 10, params({ fields: Fields }), answers()),
  },
  subscriber: {
    getInfo: read('/fb/subscriber/getInfo', 10, params({ subscriber_id: Id }), OneSubscriber),
    getInfoByUserRef: read('/fb/subscriber/getInfoByUserRef', null, params({ user_ref: UserRef }), OneSubscriber),
    /** Finds contacts by their full name, at most 100. */
    findByName: read('/fb/subscriber/findByName', 10, params({ name: Text }), Subscribers),
    /** Fields of type text and number only; at most 100 contacts, the most recently updated first. */
    findByCustomField: read(
      '/fb/subscriber/findByCustomField',
      10,
      params({ field_id: Id, field_value: SoughtValue }),
      Subscribers,
    ),
    /** By email or by phone, not both; null when no contact has it. */
    findBySystemField: read('/fb/subscriber/findBySystemField', 50, EmailOrPhone, SubscriberOrNull),
    addTag: write('/fb/subscriber/addTag', 10, params({ subscriber_id: Id, tag_id: Id }), answers()),
    addTagByName: write('/fb/subscriber/addTagByName', 10, params({ subscriber_id: Id, tag_name: Text }), answers()),
    removeTag: write('/fb/subscriber/removeTag', 10, params({ subscriber_id: Id, tag_id: Id }), answers()),
    removeTagByName: write(
      '/fb/subscriber/removeTagByName',
      10,
      params({ subscriber_id: Id, tag_name: Text }),
      answers(),
    ),
    setCustomField: write(
      '/fb/subscriber/setCustomField',
      10,
      params({ subscriber_id: Id, field_id: Id, field_value: FieldValue }),
      answers(),
    ),
    setCustomFieldByName: write(
      '/fb/subscriber/setCustomFieldByName',
      10,
      params({ subscriber_id: Id, field_name: Text, field_value: FieldValue }),
      answers(),
    ),
    setCustomFields: write(
      '/fb/subscriber/setCustomFields',
      10,
      params({ subscriber_id: Id, fields: Fields }),
      answers(),
    ),
    /** Needs a permission that ManyChat's support grants. */
    createSubscriber: {
      ...write('/fb/subscriber/createSubscriber', 10, params({ ...names, ...addresses, ...consents }), OneSubscriber),
      prepare: prepareSubscriber,
    },
    updateSubscriber: write(
      '/fb/subscriber/updateSubscriber',
      10,
      params({ subscriber_id: Id, ...names, ...addresses, ...consents }),
      OneSubscriber,
    ),
    verifyBySignedRequest: {
      ...write(
        '/fb/subscriber/verifyBySignedRequest',
        10,
        params({ subscriber_id: Id, signed_request: Text }),
        answers(),
      ),
      writes: false,
    },
  },
  sending: {
    sendContent: { ...write('/fb/sending/sendContent', 25, Message, answers()), prepare: prepareContent },
    /** ManyChat ignores actions in the content. */
    sendContentByUserRef: {
      ...write('/fb/sending/sendContentByUserRef', 25, params({ user_ref: UserRef, data: Data }), answers()),
      prepare: prepareContent,
    },
    sendFlow: {
      ...write('/fb/sending/sendFlow', 20, params({ subscriber_id: Id, flow_ns: Text }), answers()),
      perSubscriberHour: 100,
    },
  },
  template: {
    generateSingleUseLink: write(
      '/user/template/generateSingleUseLink',
      null,
      params({ template_id: Id }),
      answers<InstallationLink>(),
    ),
  },
} as const satisfies Record<string, Record<string, Operation>>

export type Operations = typeof operations

/** The parameters of an operation. */
export type ParamsOf<O extends Operation> = Static<O['params']>

/** The `data` in an operation's answer. */
export type AnswerOf<O extends Operation> = Static<O['answer']>

function read<P extends TSchema, A extends TSchema>(path: string, rps: number | null, params: P, answer: A) {
  return { method: 'GET', path, rps, writes: false, params, answer } as const satisfies Operation<P, A>
}

function write<P extends TSchema, A extends TSchema>(path: string, rps: number | null, params: P, answer: A) {
  return { method: 'POST', path, rps, writes: true, params, answer } as const satisfies Operation<P, A>
}

/** Without a type argument: no `data` is documented. */
function answers<T = unknown>() {
  return Type.Unsafe<T>(Type.Unknown())
}
