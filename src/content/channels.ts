/** The channels that v2 content supports. */
export const channels = ['messenger', 'instagram', 'whatsapp', 'telegram'] as const

export type Channel = (typeof channels)[number]

/** Whether a channel supports a kind of button, quick reply or callback. `undocumented`: sent, but without any promise. */
export type Support = 'yes' | 'undocumented' | 'no'

export interface Capabilities {
  /** The channel's name in messages. */
  readonly name: string
  /** `content.type` on the wire; null when the key must be absent. */
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

/** What each channel accepts, by ManyChat's channel reference and the platforms' own limits. */
export const capabilities: Readonly<Record<Channel, Capabilities>> = {
  messenger: {
    name: 'Messenger',
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
    name: 'Instagram',
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
    name: 'WhatsApp',
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
    name: 'Telegram',
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

/** Whether the channel has quick replies. If not, the key must be absent. */
export function hasQuickReplies(channel: Channel): boolean {
  return Object.keys(capabilities[channel].quickReplies).length > 0
}
