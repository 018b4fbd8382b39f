// What block authors import.

// Calling out.
export { createChatfuel } from './chatfuel/chatfuel.ts'
export * from './content/action.ts'
export * from './content/button.ts'
export { type CheckOptions, checkContent } from './content/check.ts'
export { type InspectOptions, inspectContent } from './content/inspect.ts'
export { audio, cards, file, image, text, video } from './content/message.ts'
export { createManyChat, type ManyChat, type ManyChatOptions } from './manychat/client.ts'
export { formatFieldValue, readCustomFields } from './manychat/custom-fields.ts'
export { createRateLimits, type Rate, type RateLimits } from './manychat/limits.ts'
export { createMatonConnections, type MatonConnection } from './manychat/maton.ts'
export { ChatfuelError, ManyChatError, MatonError, OutboundError } from './manychat/outbound-error.ts'
