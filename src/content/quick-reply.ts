import { type Static, Type } from '@sinclair/typebox'
import { flowTarget, nodeTarget } from './button.ts'
import { callback } from './callback.ts'

const exact = { additionalProperties: false }
const caption = Type.String({ minLength: 1, description: 'Cut after 20 characters.' })

const NodeReply = Type.Object(
  { type: Type.Literal('node'), caption, target: nodeTarget },
  { ...exact, title: 'NodeReply', description: 'Goes to a node of the running flow; not in a later delivery.' },
)
export interface NodeReply extends Static<typeof NodeReply> {
  type: 'node'
}

const FlowReply = Type.Object(
  { type: Type.Literal('flow'), caption, target: flowTarget },
  { ...exact, title: 'FlowReply', description: 'Starts a flow.' },
)
export interface FlowReply extends Static<typeof FlowReply> {
  type: 'flow'
}

const CallbackReply = Type.Object(
  { type: Type.Literal('dynamic_block_callback'), caption, ...callback },
  { ...exact, title: 'CallbackReply', description: 'Has ManyChat call an address, and show the content it answers.' },
)
export interface CallbackReply extends Static<typeof CallbackReply> {
  type: 'dynamic_block_callback'
}

/** A suggestion above the keyboard that disappears after the tap. Messenger and Instagram only. */
export const QuickReply = Type.Union(
  [Type.Unsafe<NodeReply>(NodeReply), Type.Unsafe<FlowReply>(FlowReply), Type.Unsafe<CallbackReply>(CallbackReply)],
  { title: 'QuickReply' },
)
export type QuickReply = Static<typeof QuickReply>

/** Goes to a node of the running flow by its unique name. Works only inside a flow, so not in content delivered later. */
export function nodeReply(caption: string, target: string): QuickReply {
  return { type: 'node', caption, target }
}

/** Starts a flow; `target` is the id in the flow's URL, like `content20180221085508_278589`. */
export function flowReply(caption: string, target: string): QuickReply {
  return { type: 'flow', caption, target }
}
