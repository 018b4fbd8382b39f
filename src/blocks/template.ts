/** Liquid in the strings of JSON blocks: read once, strictly, and rendered for each call within limits. */
import { closest, distance } from 'fastest-levenshtein'
import { Liquid } from 'liquidjs'
import { createError } from '../errors.ts'
import type { Call } from './call.ts'
import { sampleContact } from './sample.ts'

/** What a template sees of a call. */
export type Scope = Pick<Call, 'contact' | 'input' | 'channel' | 'extras'>

/** Renders for that call; a template without Liquid is text as it is. */
export type Template = (scope: Scope) => string

const roots = ['contact', 'input', 'channel', 'extras']
/** What ManyChat itself fills in when it posts a payload; it goes out as it is. */
const manychatVariables = { user_id: '{{user_id}}', last_input_text: '{{last_input_text}}' }

/** What those are called here. */
const ours = new Map([
  ['user_id', 'contact.id'],
  ['last_input_text', 'input'],
])

const engine = createEngine()

/** Far more than any message needs; a template that goes on and on must not hold up the other calls. */
function createEngine(): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    parseLimit: 100_000,
    renderLimit: 500,
    memoryLimit: 1_000_000,
  })
  // What reads other files.
  for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag]
  return liquid
}

/** Whether a string has Liquid in it. */
export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%')
}

/**
 * Reads a template; what is wrong with it comes back as text for its author.
 *
 * @param where.path its JSON pointer
 * @param where.inPayload it is posted by ManyChat, which fills in variables of its own
 */
export function readTemplate(
  text: string,
  { path, inPayload }: { path: string; inPayload: boolean },
): Template | string {
  try {
    const parsed = engine.parse(text)
    const known = inPayload ? [...roots, ...Object.keys(manychatVariables)] : roots
    const unknown = engine.globalVariablesSync(parsed).find(name => !known.includes(name))
    if (unknown !== undefined) return explainVariable(unknown, known)
    return ({ contact, input, channel, extras }) => {
      const scope = { contact, input, channel, extras, ...(inPayload && manychatVariables) }
      try {
        return engine.renderSync(parsed, scope)
      } catch (error) {
        // Not as its cause: the stack of Liquid's errors quotes what a contact wrote.
        throw createError('DYN_TEMPLATE_FAILED', { path, got: describeFailure(error as Error) })
      }
    }
  } catch (error) {
    return explainSyntax((error as Error).message)
  }
}

/** How a message begins; behind that it may quote what a contact wrote. */
function describeFailure({ message }: Error): string {
  return /^(?:(?:memory alloc|template render) limit exceeded|Invalid time zone)/.exec(message)?.[0] ?? 'an error'
}

function explainVariable(name: string, known: string[]): string {
  const meant = ours.get(name) ?? (Object.hasOwn(sampleContact, name) ? `contact.${name}` : undefined)
  const remedy = meant ? `Write ${meant}.` : 'Write contact.custom_fields and its name for a custom field.'
  return `Expected a variable of ${known.join(', ')}, got "${name}". ${remedy}`
}

function explainSyntax(message: string): string {
  // A string of JSON is mostly one line, whose place the pointer tells.
  const reason = message.replace(/, line:\d+, col:\d+$/, '')
  return `Expected a Liquid template, got: ${reason}. ${remedyOf(reason)}`
}

function remedyOf(reason: string): string {
  if (/^tag "(include|render|layout|block)"/.test(reason)) return 'Write it out: a template reads no other file.'
  const filter = /^undefined filter: (\S+)/.exec(reason)?.[1]
  if (filter) return `Use a filter of Liquid.${suggest(filter, Object.keys(engine.filters))}`
  const tag = /^tag "(\S+)" not found/.exec(reason)?.[1]
  if (tag) return `Use a tag of Liquid.${suggest(tag, Object.keys(engine.tags))}`
  return 'Correct it, or put {% raw %} and {% endraw %} around what is no template.'
}

function suggest(given: string, known: string[]): string {
  const nearest = closest(given, known)
  return distance(given, nearest) <= 2 ? ` Did you mean "${nearest}"?` : ''
}
