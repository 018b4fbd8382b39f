/** What block authors import. Anything that isn't listed here is private. */

// Everyday: a block and what it says

export { Type } from '@sinclair/typebox'
export { defineBlock } from './blocks/define.ts'
export { addTag, removeTag, setField, unsetField } from './content/action.ts'
export { buyButton, callButton, flowButton, nodeButton, urlButton } from './content/button.ts'
export { audio, cards, file, image, text, video } from './content/message.ts'
export { flowReply, nodeReply } from './content/quick-reply.ts'

// Advanced: checking content before ManyChat does

export { checkContent, inspectContent } from './content/check.ts'
export { splitText } from './content/split.ts'

// Advanced: calling ManyChat and Chatfuel

export { createChatfuel } from './chatfuel/chatfuel.ts'
export { createManyChat } from './manychat/client.ts'
export { formatFieldValue, readCustomFields } from './manychat/custom-fields.ts'
export { createMatonConnections } from './manychat/maton.ts'
export { createRateLimits } from './outbound/limits.ts'

// Expert: errors and types

export type { Static } from '@sinclair/typebox'
export type { Call, ListenOptions, MenuChoice } from './blocks/call.ts'
export type { Contact, FullContactData } from './blocks/contact.ts'
export type { Block, BlockDefinition, BlockOptions, Reply } from './blocks/define.ts'
export type { MemoryOptions, NoMemory } from './blocks/memory.ts'
export type { Action, AddTag, RemoveTag, SetFieldValue, UnsetFieldValue } from './content/action.ts'
export type {
  Button,
  BuyButton,
  CallButton,
  CallbackButton,
  FlowButton,
  NodeButton,
  UrlButton,
} from './content/button.ts'
export type { ExternalMessageCallback } from './content/callback.ts'
export type { Channel } from './content/channels.ts'
export type { CheckOptions } from './content/check.ts'
export type { Answer, Content } from './content/content.ts'
export type { InspectOptions } from './content/inspect.ts'
export type {
  AudioMessage,
  Card,
  CardsMessage,
  FileMessage,
  ImageMessage,
  Message,
  TextMessage,
  VideoMessage,
} from './content/message.ts'
export type { Problem } from './content/problem.ts'
export type { CallbackReply, FlowReply, NodeReply, QuickReply } from './content/quick-reply.ts'
export type { Rule, Severity } from './content/rules.ts'
export type { SplitOptions } from './content/split.ts'
export { DynablockError, type ErrorCode } from './errors/errors.ts'
export type { ProblemDetails } from './errors/problem-details.ts'
export type { Log } from './log.ts'
export type { ManyChat, ManyChatOptions } from './manychat/client.ts'
export type { MatonConnection } from './manychat/maton.ts'
export type { Rate, RateLimits } from './outbound/limits.ts'
export { ChatfuelError, ManyChatError, MatonError, OutboundError } from './outbound/outbound-error.ts'
export type { JobState as SendState } from './queue/job.ts'
export type { SendBody } from './sends/check-send.ts'
export type { AddedSendView, SendList, SendView, WholeSendView } from './sends/send-view.ts'
