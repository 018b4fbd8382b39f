/** The channels that v2 content has a form for. */
export const channels = ['messenger', 'instagram', 'whatsapp', 'telegram'] as const

export type Channel = (typeof channels)[number]

/** What a channel does with a kind of message, button or callback. `undocumented`: sent, but nobody vouches for it. */
export type Support = 'yes' | 'undocumented' | 'no'

export interface Capabilities {
  /** `content.type` on the wire; null where the key is absent. */
  readonly type: 'instagram' | 'whatsapp' | 'telegram' | null
  readonly messages: readonly string[]
  readonly buttons: Readonly<Record<string, Support>>
  readonly quickReplies: Readonly<Record<string, Support>>
  readonly externalMessageCallback: Support
  readonly webviewSize: boolean
  /** The longest text, alone and with buttons; `bytes` counts UTF-8. */
  readonly text: { readonly alone: number; readonly withButtons: number; readonly unit: 'characters' | 'bytes' }
  readonly buttonsPerMessage: number
  /** The longest caption of a button or quick reply, in characters; longer ones are cut. */
  readonly caption: number
  /** The longest title and subtitle of a card, in characters. */
  readonly card: number
  readonly messagesShown: number
}

const unlimited = Number.POSITIVE_INFINITY
const allButtons = {
  url: 'yes',
  flow: 'yes',
  node: 'yes',
  buy: 'yes',
  call: 'yes',
  dynamic_block_callback: 'yes',
} as const

/** What each channel takes: ManyChat's channel reference, and the platforms' own limits, as data. */
export const capabilities: Readonly<Record<Channel, Capabilities>> = {
  messenger: {
    type: null,
    messages: ['text', 'image', 'video', 'audio', 'file', 'cards'],
    buttons: allButtons,
    quickReplies: { node: 'yes', flow: 'yes', dynamic_block_callback: 'yes' },
    externalMessageCallback: 'yes',
    webviewSize: true,
    text: { alone: 2000, withButtons: 640, unit: 'characters' },
    buttonsPerMessage: 3,
    caption: 20,
    card: 80,
    messagesShown: unlimited,
  },
  instagram: {
    type: 'instagram',
    messages: ['text', 'image', 'cards'],
    buttons: { ...allButtons, call: 'no', dynamic_block_callback: 'undocumented' },
    quickReplies: { node: 'yes', flow: 'yes', dynamic_block_callback: 'undocumented' },
    externalMessageCallback: 'undocumented',
    webviewSize: false,
    text: { alone: 1000, withButtons: 1000, unit: 'bytes' },
    buttonsPerMessage: 3,
    caption: 20,
    card: 80,
    messagesShown: unlimited,
  },
  whatsapp: {
    type: 'whatsapp',
    messages: ['text'],
    buttons: {
      url: 'undocumented',
      flow: 'yes',
      node: 'undocumented',
      buy: 'no',
      call: 'no',
      dynamic_block_callback: 'undocumented',
    },
    quickReplies: {},
    externalMessageCallback: 'undocumented',
    webviewSize: false,
    text: { alone: 4096, withButtons: 1024, unit: 'characters' },
    buttonsPerMessage: 3,
    caption: 20,
    card: unlimited,
    messagesShown: 1,
  },
  telegram: {
    type: 'telegram',
    messages: ['text', 'image', 'video', 'audio', 'file'],
    buttons: { ...allButtons, call: 'no', dynamic_block_callback: 'undocumented' },
    quickReplies: {},
    externalMessageCallback: 'undocumented',
    webviewSize: false,
    text: { alone: 4096, withButtons: 4096, unit: 'characters' },
    buttonsPerMessage: 10,
    caption: unlimited,
    card: unlimited,
    messagesShown: unlimited,
  },
}

/** Whether the channel has quick replies at all; where it hasn't, the key must be absent. */
export function hasQuickReplies(channel: Channel): boolean {
  return Object.keys(capabilities[channel].quickReplies).length > 0
}
