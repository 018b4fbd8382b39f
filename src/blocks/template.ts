/** Liquid in the strings of JSON blocks: parsed once, strictly, and rendered for each call within limits. */
import { closest, distance } from 'fastest-levenshtein'
import { Liquid } from 'liquidjs'
import { createError } from '../errors/errors.ts'
import type { ErrorData } from '../errors/row.ts'
import type { Call } from './call.ts'
import { sampleContact } from './sample.ts'

/** The parts of a call that a template can read. */
export type Scope = Pick<Call, 'contact' | 'input' | 'channel' | 'extras'>

/** Why a text is not a valid template. */
export interface TemplateFault extends ErrorData {
  message: string
}

/** Renders the text for a call. */
export type Template = (scope: Scope) => string

const roots = ['contact', 'input', 'channel', 'extras']
/** ManyChat itself fills these in when it posts a payload, so they are sent unrendered. */
const manychatVariables = { user_id: '{{user_id}}', last_input_text: '{{last_input_text}}' }

/** The names of those variables in our templates. */
const ours = new Map([
  ['user_id', 'contact.id'],
  ['last_input_text', 'input'],
])

const engine = createEngine()

/** The limits exceed what any message needs; without them, a runaway template would hold up all other calls. */
function createEngine(): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    parseLimit: 100_000,
    renderLimit: 500,
    memoryLimit: 1_000_000,
  })
  // These tags read other files.
  for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag]
  return liquid
}

/** Whether a string contains Liquid. */
export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%')
}

/**
 * Parses a template. If it is broken, returns an explanation for its author instead.
 *
 * @param where.path its JSON pointer
 * @param where.inPayload whether ManyChat will post it as part of a payload, and fill in variables of its own
 */
export function readTemplate(
  text: string,
  { path, inPayload }: { path: string; inPayload: boolean },
): Template | TemplateFault {
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
        // Without a cause: the stack of a Liquid error quotes what a contact wrote.
        throw createError('DYN_TEMPLATE_FAILED', { path, got: describeFailure(error as Error) })
      }
    }
  } catch (error) {
    return explainSyntax((error as Error).message)
  }
}

/** Only the beginning of the message: the rest may quote what a contact wrote. */
function describeFailure({ message }: Error): string {
  return /^(?:(?:memory alloc|template render) limit exceeded|Invalid time zone)/.exec(message)?.[0] ?? 'an error'
}

function explainVariable(name: string, known: string[]): TemplateFault {
  const meant = ours.get(name) ?? (Object.hasOwn(sampleContact, name) ? `contact.${name}` : undefined)
  const remedy = meant ? `Write ${meant}.` : 'For a custom field, write contact.custom_fields and its name.'
  const names = known.join(', ')
  const message = `Templates have no variable "${name}", only ${names}. ${remedy}`
  return { message, expected: `one of ${names}`, got: `"${name}"`, remedy }
}

function explainSyntax(liquidMessage: string): TemplateFault {
  // A string in JSON is usually one line, and the pointer already says where.
  const got = liquidMessage.replace(/, line:\d+, col:\d+$/, '')
  const remedy = remedyOf(got)
  return { message: `Liquid cannot read this template: ${got}. ${remedy}`, got, remedy }
}

function remedyOf(reason: string): string {
  if (/^tag "(include|render|layout|block)"/.test(reason))
    return 'Write the text here: a template cannot read other files.'
  const filter = /^undefined filter: (\S+)/.exec(reason)?.[1]
  if (filter) return `Use a filter of Liquid.${suggest(filter, Object.keys(engine.filters))}`
  const tag = /^tag "(\S+)" not found/.exec(reason)?.[1]
  if (tag) return `Use a tag of Liquid.${suggest(tag, Object.keys(engine.tags))}`
  return 'Correct it, or put text that is not a template between {% raw %} and {% endraw %}.'
}

function suggest(given: string, known: string[]): string {
  const nearest = closest(given, known)
  return distance(given, nearest) <= 2 ? ` Did you mean "${nearest}"?` : ''
}
