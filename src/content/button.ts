import { type Static, Type } from '@sinclair/typebox'
import { type Action, Actions } from './action.ts'
import { callback } from './callback.ts'

const exact = { additionalProperties: false }
const NotEmpty = Type.String({ minLength: 1 })
const caption = Type.String({ minLength: 1, description: 'Most channels cut it after 20 characters.' })
const actions = Type.Optional(Actions)

export const flowTarget = Type.String({
  minLength: 1,
  description: 'The id in the URL of the flow, like content20180221085508_278589.',
})
/** The form of a flow's id. */
export const flowId = /^content\d+_\d+$/
export const nodeTarget = Type.String({ minLength: 1, description: 'The unique name of a node of the running flow.' })

const CallButton = Type.Object(
  { type: Type.Literal('call'), caption, phone: NotEmpty },
  { ...exact, title: 'CallButton', description: 'Calls a phone number. Messenger only.' },
)
export interface CallButton extends Static<typeof CallButton> {
  type: 'call'
}

const UrlButton = Type.Object(
  {
    type: Type.Literal('url'),
    caption,
    url: NotEmpty,
    webview_size: Type.Optional(
      Type.Union([Type.Literal('full'), Type.Literal('medium'), Type.Literal('compact')], {
        description: '100 %, 75 % or 50 % of the screen. Messenger only.',
      }),
    ),
    actions,
  },
  { ...exact, title: 'UrlButton', description: 'Opens a web page.' },
)
export interface UrlButton extends Static<typeof UrlButton> {
  type: 'url'
}

const FlowButton = Type.Object(
  { type: Type.Literal('flow'), caption, target: flowTarget, actions },
  { ...exact, title: 'FlowButton', description: 'Starts a flow.' },
)
export interface FlowButton extends Static<typeof FlowButton> {
  type: 'flow'
}

const NodeButton = Type.Object(
  { type: Type.Literal('node'), caption, target: nodeTarget, actions },
  { ...exact, title: 'NodeButton', description: 'Goes to a node of the running flow; not in a later delivery.' },
)
export interface NodeButton extends Static<typeof NodeButton> {
  type: 'node'
}

const BuyButton = Type.Object(
  {
    type: Type.Literal('buy'),
    caption,
    customer: Type.Object(
      {
        shipping_address: Type.Boolean(),
        contact_name: Type.Boolean(),
        contact_phone: Type.Boolean(),
        contact_email: Type.Optional(Type.Boolean()),
      },
      { ...exact, description: 'What the form asks for.' },
    ),
    product: Type.Object(
      { label: NotEmpty, cost: Type.Integer({ minimum: 0, description: 'In cents: 2250 is 22.50.' }) },
      exact,
    ),
    success_target: Type.Optional(
      Type.String({ minLength: 1, description: 'The node of the running flow to go to once paid.' }),
    ),
  },
  { ...exact, title: 'BuyButton', description: 'Takes a payment. Messenger, Instagram and Telegram.' },
)
export interface BuyButton extends Static<typeof BuyButton> {
  type: 'buy'
}

const CallbackButton = Type.Object(
  { type: Type.Literal('dynamic_block_callback'), caption, ...callback },
  { ...exact, title: 'CallbackButton', description: 'Has ManyChat call an address, and show the content it answers.' },
)
export interface CallbackButton extends Static<typeof CallbackButton> {
  type: 'dynamic_block_callback'
}

/** A button under a message. */
export const Button = Type.Union(
  [
    Type.Unsafe<CallButton>(CallButton),
    Type.Unsafe<UrlButton>(UrlButton),
    Type.Unsafe<FlowButton>(FlowButton),
    Type.Unsafe<NodeButton>(NodeButton),
    Type.Unsafe<BuyButton>(BuyButton),
    Type.Unsafe<CallbackButton>(CallbackButton),
  ],
  { title: 'Button' },
)
export type Button = Static<typeof Button>

interface ButtonOptions {
  /** At most 5; ManyChat runs them on the tap. */
  actions?: Action[]
}

/** Opens a web page. `webview_size` is Messenger's: `full` 100 %, `medium` 75 %, `compact` 50 % of the screen. */
export function urlButton(
  caption: string,
  url: string,
  options: ButtonOptions & { webview_size?: 'full' | 'medium' | 'compact' } = {},
): Button {
  return { type: 'url', caption, url, ...options }
}

/** Calls a phone number. Messenger only. */
export function callButton(caption: string, phone: string): Button {
  return { type: 'call', caption, phone }
}

/** Starts a flow; `target` is the id in the flow's URL, like `content20180221085508_278589`. */
export function flowButton(caption: string, target: string, options: ButtonOptions = {}): Button {
  return { type: 'flow', caption, target, ...options }
}

/** Goes to a node of the running flow by its unique name. Works only inside a flow, so not in content delivered later. */
export function nodeButton(caption: string, target: string, options: ButtonOptions = {}): Button {
  return { type: 'node', caption, target, ...options }
}

/**
 * Takes a payment; Stripe or PayPal must be connected in ManyChat.
 *
 * @param options.product `cost` in cents: 2250 is 22.50
 * @param options.customer what the form asks for
 * @param options.success_target the node of the running flow to go to once paid
 */
export function buyButton(caption: string, options: Omit<BuyButton, 'type' | 'caption'>): Button {
  return { type: 'buy', caption, ...options }
}
