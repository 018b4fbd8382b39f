import { type Static, Type } from '@sinclair/typebox'
import { callback } from './callback.ts'

const exact = { additionalProperties: false }
const NotEmpty = Type.String({ minLength: 1 })

const NodeReply = Type.Object({ type: Type.Literal('node'), caption: NotEmpty, target: NotEmpty }, exact)
const FlowReply = Type.Object({ type: Type.Literal('flow'), caption: NotEmpty, target: NotEmpty }, exact)
const CallbackReply = Type.Object(
  { type: Type.Literal('dynamic_block_callback'), caption: NotEmpty, ...callback },
  exact,
)

/** A suggestion over the keyboard, gone after the tap. Messenger and Instagram only. */
export const QuickReply = Type.Union([NodeReply, FlowReply, CallbackReply])
export type QuickReply = Static<typeof QuickReply>
export type CallbackReply = Static<typeof CallbackReply>

/** Goes to a node of the running flow by its unique name. Works inside a flow only, so not in a later delivery. */
export function nodeReply(caption: string, target: string): QuickReply {
  return { type: 'node', caption, target }
}

/** Starts a flow; `target` is the id in the flow's URL, like `content20180221085508_278589`. */
export function flowReply(caption: string, target: string): QuickReply {
  return { type: 'flow', caption, target }
}
