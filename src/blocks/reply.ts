import { type Answer, Content } from '../content/content.ts'
import { type Message, text } from '../content/message.ts'
import { createError } from '../errors/errors.ts'

const messageTypes = new Set<unknown>(['text', 'image', 'video', 'audio', 'file', 'cards'])

/**
 * Turns whatever a handler returned into content, or a whole answer, unchecked.
 *
 * @throws DynablockError `DYN_REPLY_INVALID`
 */
export function toContent(reply: unknown): Content | Answer {
  if (reply === undefined || reply === null) return { messages: [] }
  if (typeof reply === 'string') return { messages: [text(reply)] }
  if (Array.isArray(reply)) {
    if (reply.some(item => typeof item === 'string')) {
      throw createError('DYN_REPLY_INVALID', { got: 'a list with a string, which needs text() around it' })
    }
    return { messages: reply }
  }
  if (typeof reply !== 'object') throw createError('DYN_REPLY_INVALID', { got: `a ${typeof reply}` })
  // A fetch Response, an Error or a Map would spread to nothing, and the contact would see no answer.
  if (!isPlain(reply)) throw createError('DYN_REPLY_INVALID', { got: 'an object of a class' })
  if ('type' in reply && !('messages' in reply) && messageTypes.has(reply.type)) return { messages: [reply as Message] }
  // Of anything else, nothing would be left but that.
  const isContent = Object.keys(reply).every(key => Object.hasOwn(Content.properties, key))
  return isContent ? { messages: [], ...reply } : (reply as Answer)
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
