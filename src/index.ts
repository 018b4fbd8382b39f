/** What block authors import. What isn't listed here is private. */

// Everyday: a block and what it says

export { Type } from '@sinclair/typebox'
export { defineBlock } from './blocks/define.ts'
export { addTag, removeTag, setField, unsetField } from './content/action.ts'
export { buyButton, callButton, flowButton, nodeButton, urlButton } from './content/button.ts'
export { audio, cards, file, image, text, video } from './content/message.ts'
export { flowReply, nodeReply } from './content/quick-reply.ts'

// Advanced: checking content before ManyChat does

export { checkContent } from './content/check.ts'
export { inspectContent } from './content/inspect.ts'

// Advanced: calling ManyChat and Chatfuel

export { createChatfuel } from './chatfuel/chatfuel.ts'
export { createManyChat } from './manychat/client.ts'
export { formatFieldValue, readCustomFields } from './manychat/custom-fields.ts'
export { createRateLimits } from './manychat/limits.ts'
export { createMatonConnections } from './manychat/maton.ts'

// Expert: errors and types

export type { Static } from '@sinclair/typebox'
export type { Call, ListenOptions, Log, MenuChoice } from './blocks/call.ts'
export type { Contact } from './blocks/contact.ts'
export type { Block, BlockDefinition, BlockOptions, Reply } from './blocks/define.ts'
export type { Action } from './content/action.ts'
export type { Button } from './content/button.ts'
export type { ExternalMessageCallback } from './content/callback.ts'
export type { Channel } from './content/channels.ts'
export type { CheckOptions } from './content/check.ts'
export type { Answer, Content } from './content/content.ts'
export type { InspectOptions } from './content/inspect.ts'
export type { Card, Message } from './content/message.ts'
export type { Problem, Rule, Severity } from './content/problem.ts'
export type { QuickReply } from './content/quick-reply.ts'
export { DynablockError, type ErrorCode } from './errors.ts'
export type { ManyChat, ManyChatOptions } from './manychat/client.ts'
export type { Rate, RateLimits } from './manychat/limits.ts'
export type { MatonConnection } from './manychat/maton.ts'
export { ChatfuelError, ManyChatError, MatonError, OutboundError } from './manychat/outbound-error.ts'
