/** The channels on which v2 content is shown. */
export const channels = ['messenger', 'instagram', 'whatsapp', 'telegram', 'tiktok'] as const

export type Channel = (typeof channels)[number]

/** Whether a channel supports a part of content. `undocumented`: sent, but without any promise. */
export type Support = 'yes' | 'undocumented' | 'no'

export interface Capabilities {
  /** The channel's name in messages. */
  readonly name: string
  /** `content.type` on the wire; null when the key must be absent. */
  readonly type: 'instagram' | 'whatsapp' | 'telegram' | null
  readonly messages: Readonly<Record<MessageType, Support>>
  readonly imageButtons: Support
  readonly buttons: Readonly<Record<ButtonType, Support>>
  readonly quickReplies: Readonly<Record<QuickReplyType, Support>>
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

type MessageType = 'text' | 'image' | 'video' | 'audio' | 'file' | 'cards'
type ButtonType = 'url' | 'flow' | 'node' | 'buy' | 'call' | 'dynamic_block_callback'
type QuickReplyType = 'node' | 'flow' | 'dynamic_block_callback'

/** ManyChat refuses a longer text whole, with everything else in the content, on each channel; in characters. */
export const longestText = 2000

const unlimited = Number.POSITIVE_INFINITY
const allMessages = { text: 'yes', image: 'yes', video: 'yes', audio: 'yes', file: 'yes', cards: 'yes' } as const
const allButtons = {
  url: 'yes',
  flow: 'yes',
  node: 'yes',
  buy: 'yes',
  call: 'yes',
  dynamic_block_callback: 'yes',
} as const
const allQuickReplies = { node: 'yes', flow: 'yes', dynamic_block_callback: 'yes' } as const
const noQuickReplies = { node: 'no', flow: 'no', dynamic_block_callback: 'no' } as const

/**
 * What each channel accepts, by ManyChat's channel reference and the platforms' own limits. For TikTok neither documents
 * anything.
 */
export const capabilities: Readonly<Record<Channel, Capabilities>> = {
  messenger: {
    name: 'Messenger',
    type: null,
    messages: allMessages,
    imageButtons: 'yes',
    buttons: allButtons,
    quickReplies: allQuickReplies,
    externalMessageCallback: 'yes',
    webviewSize: true,
    text: { alone: longestText, withButtons: 640, unit: 'characters' },
    buttonsPerMessage: 3,
    caption: 20,
    card: 80,
    messagesShown: unlimited,
  },
  instagram: {
    name: 'Instagram',
    type: 'instagram',
    messages: { ...allMessages, video: 'no', audio: 'no', file: 'no' },
    imageButtons: 'undocumented',
    buttons: { ...allButtons, call: 'no', dynamic_block_callback: 'undocumented' },
    quickReplies: { ...allQuickReplies, dynamic_block_callback: 'undocumented' },
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
    messages: { text: 'yes', image: 'undocumented', video: 'no', audio: 'no', file: 'no', cards: 'no' },
    imageButtons: 'undocumented',
    buttons: {
      url: 'undocumented',
      flow: 'yes',
      node: 'undocumented',
      buy: 'no',
      call: 'no',
      dynamic_block_callback: 'undocumented',
    },
    quickReplies: noQuickReplies,
    externalMessageCallback: 'undocumented',
    webviewSize: false,
    text: { alone: longestText, withButtons: 1024, unit: 'characters' },
    buttonsPerMessage: 3,
    caption: 20,
    card: unlimited,
    messagesShown: 1,
  },
  telegram: {
    name: 'Telegram',
    type: 'telegram',
    messages: { ...allMessages, cards: 'no' },
    imageButtons: 'undocumented',
    buttons: { ...allButtons, call: 'no', dynamic_block_callback: 'undocumented' },
    quickReplies: noQuickReplies,
    externalMessageCallback: 'undocumented',
    webviewSize: false,
    text: { alone: longestText, withButtons: longestText, unit: 'characters' },
    buttonsPerMessage: 10,
    caption: unlimited,
    card: unlimited,
    messagesShown: unlimited,
  },
  tiktok: {
    name: 'TikTok',
    type: null,
    messages: {
      text: 'yes',
      image: 'undocumented',
      video: 'undocumented',
      audio: 'undocumented',
      file: 'undocumented',
      cards: 'undocumented',
    },
    imageButtons: 'undocumented',
    buttons: {
      url: 'undocumented',
      flow: 'undocumented',
      node: 'undocumented',
      buy: 'undocumented',
      call: 'undocumented',
      dynamic_block_callback: 'undocumented',
    },
    quickReplies: { node: 'undocumented', flow: 'undocumented', dynamic_block_callback: 'undocumented' },
    externalMessageCallback: 'undocumented',
    webviewSize: false,
    text: { alone: longestText, withButtons: longestText, unit: 'characters' },
    buttonsPerMessage: unlimited,
    caption: unlimited,
    card: unlimited,
    messagesShown: unlimited,
  },
}

/** Whether ManyChat documents quick replies for the channel. If not, a menu is a numbered list. */
export function hasQuickReplies(channel: Channel): boolean {
  return capabilities[channel].quickReplies.flow === 'yes'
}

/** Whether the channel may get quick replies. If not, the key must be absent. */
export function mayHaveQuickReplies(channel: Channel): boolean {
  return capabilities[channel].quickReplies.flow !== 'no'
}

/** The channel that a `content.type` names, whether or not the type is written on the wire. */
export function channelNamed(type: unknown): Channel | undefined {
  const name = typeof type === 'string' ? type.toLowerCase() : ''
  return name === 'facebook' ? 'messenger' : channels.find(channel => channel === name)
}

/** The names on a list that aren't ruled out. */
export function supported(list: Readonly<Record<string, Support>>): string[] {
  return Object.keys(list).filter(name => list[name] !== 'no')
}
