import { type Static, Type } from '@sinclair/typebox'
import { callback } from './callback.ts'
import { flowTarget, nodeTarget } from './target.ts'

const exact = { additionalProperties: false }
const caption = Type.String({ minLength: 1, description: 'Cut after 20 characters.' })

const NodeReply = Type.Object(
  { type: Type.Literal('node'), caption, target: nodeTarget },
  { ...exact, title: 'NodeReply', description: 'Goes to a node of the running flow; not in a later delivery.' },
)
const FlowReply = Type.Object(
  { type: Type.Literal('flow'), caption, target: flowTarget },
  { ...exact, title: 'FlowReply', description: 'Starts a flow.' },
)
const CallbackReply = Type.Object(
  { type: Type.Literal('dynamic_block_callback'), caption, ...callback },
  { ...exact, title: 'CallbackReply', description: 'Has ManyChat call an address, and show the content it answers.' },
)

/** A suggestion over the keyboard, gone after the tap. Messenger and Instagram only. */
export const QuickReply = Type.Union([NodeReply, FlowReply, CallbackReply], { title: 'QuickReply' })
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
