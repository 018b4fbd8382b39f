import { type Static, Type } from '@sinclair/typebox'
import { Button } from './button.ts'

const exact = { additionalProperties: false }
const NotEmpty = Type.String({ minLength: 1 })
const Buttons = Type.Optional(Type.Array(Button, { description: 'Most channels show 3, Telegram 10.' }))

const TextMessage = Type.Object(
  { type: Type.Literal('text'), text: NotEmpty, buttons: Buttons },
  { ...exact, title: 'TextMessage', description: 'A bubble of text.' },
)
export interface TextMessage extends Static<typeof TextMessage> {
  type: 'text'
}

const ImageMessage = Type.Object(
  { type: Type.Literal('image'), url: NotEmpty, buttons: Buttons },
  { ...exact, title: 'ImageMessage', description: 'A picture: JPG, PNG or GIF. Undocumented on WhatsApp.' },
)
export interface ImageMessage extends Static<typeof ImageMessage> {
  type: 'image'
}

const VideoMessage = Type.Object(
  { type: Type.Literal('video'), url: NotEmpty, buttons: Buttons },
  { ...exact, title: 'VideoMessage', description: 'A video of at most 25 MB. Messenger and Telegram.' },
)
export interface VideoMessage extends Static<typeof VideoMessage> {
  type: 'video'
}

const AudioMessage = Type.Object(
  { type: Type.Literal('audio'), url: NotEmpty, buttons: Buttons },
  { ...exact, title: 'AudioMessage', description: 'A sound of at most 25 MB. Messenger and Telegram.' },
)
export interface AudioMessage extends Static<typeof AudioMessage> {
  type: 'audio'
}

const FileMessage = Type.Object(
  { type: Type.Literal('file'), url: NotEmpty },
  { ...exact, title: 'FileMessage', description: 'A file of at most 25 MB, without buttons. Messenger and Telegram.' },
)
export interface FileMessage extends Static<typeof FileMessage> {
  type: 'file'
}

export const Card = Type.Object(
  {
    title: NotEmpty,
    subtitle: Type.Optional(NotEmpty),
    image_url: Type.Optional(NotEmpty),
    action_url: Type.Optional(NotEmpty),
    buttons: Buttons,
  },
  { ...exact, title: 'Card' },
)
export interface Card extends Static<typeof Card> {
  title: string
}

export const maxCards = 10
const CardsMessage = Type.Object(
  {
    type: Type.Literal('cards'),
    elements: Type.Array(Type.Unsafe<Card>(Card), { minItems: 1, maxItems: maxCards }),
    image_aspect_ratio: Type.Optional(
      Type.Union([Type.Literal('horizontal'), Type.Literal('square')], { description: 'Default horizontal.' }),
    ),
  },
  { ...exact, title: 'CardsMessage', description: 'A gallery of 1 to 10 cards. Messenger and Instagram.' },
)
export interface CardsMessage extends Static<typeof CardsMessage> {
  type: 'cards'
}

/** One bubble of the chat, or one gallery. */
export const Message = Type.Union(
  [
    Type.Unsafe<TextMessage>(TextMessage),
    Type.Unsafe<ImageMessage>(ImageMessage),
    Type.Unsafe<VideoMessage>(VideoMessage),
    Type.Unsafe<AudioMessage>(AudioMessage),
    Type.Unsafe<FileMessage>(FileMessage),
    Type.Unsafe<CardsMessage>(CardsMessage),
  ],
  { title: 'Message' },
)
export type Message = Static<typeof Message>

/** A text bubble, with at most 3 buttons (Telegram: 10). A long text is split. */
export function text(text: string, buttons?: Button[]): Message {
  return { type: 'text', text, ...(buttons && { buttons }) }
}

/** A picture by URL: JPG, PNG or GIF. On WhatsApp it is undocumented. */
export function image(url: string, buttons?: Button[]): Message {
  return { type: 'image', url, ...(buttons && { buttons }) }
}

/** A video by URL, 25 MB at most. Messenger and Telegram. */
export function video(url: string, buttons?: Button[]): Message {
  return { type: 'video', url, ...(buttons && { buttons }) }
}

/** A sound by URL, 25 MB at most. Messenger and Telegram. */
export function audio(url: string, buttons?: Button[]): Message {
  return { type: 'audio', url, ...(buttons && { buttons }) }
}

/** A file by URL, 25 MB at most; it has no buttons. Messenger and Telegram. */
export function file(url: string): Message {
  return { type: 'file', url }
}

/** A gallery of 1 to 10 cards that scrolls sideways. Messenger and Instagram. */
export function cards(
  elements: Card[],
  options: { /** default `horizontal` */ image_aspect_ratio?: 'horizontal' | 'square' } = {},
): Message {
  return { type: 'cards', elements, ...options }
}
