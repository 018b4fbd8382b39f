import { dataOf } from '../errors/errors.ts'
import { type ErrorData, fillIn } from '../errors/row.ts'

/** ManyChat refuses content with an `error`; content with a `warning` may be cut or not shown by the channel. */
export type Severity = 'error' | 'warning'

/**
 * Every rule of v2 content: its severity, its sentence and its remedy. What ManyChat documents as refused is an error;
 * what a channel cuts or may refuse is a warning. `docs/content.md` explains them; a test compares the two.
 */
export const rules = {
  required: ['error', 'This is missing; it must be {expected}.', 'Add it.'],
  'unknown-key': ['error', '{got} is not allowed here, only {names}.', 'Remove or rename it.'],
  'unknown-type': ['error', 'This must be {expected}; got {got}.', 'Use a maker, or one of these names.'],
  value: ['error', 'This must be {expected}; got {got}.', 'Change the value.'],
  'max-messages': ['error', 'ManyChat takes {expected}; got {got}.', 'Send the rest in a later step.'],
  'max-quick-replies': [
    'error',
    'ManyChat takes {expected}; got {got}.',
    'Offer fewer; let the last one lead to more.',
  ],
  'max-actions': ['error', 'ManyChat takes {expected}; got {got}.', 'Do the rest in a later step.'],
  'max-cards': ['error', 'ManyChat takes {expected}; got {got}.', 'Show fewer; let the last one lead to more.'],
  'min-cards': ['error', 'A gallery has {expected}; got {got}.', 'Add a card, or send a text instead of the gallery.'],
  'button-actions': [
    'error',
    'Actions are not allowed here.',
    'Move them to the content, or to a button of type url, flow or node.',
  ],
  'https-callback': ['error', 'A callback needs {expected}; got {got}.', 'Set PUBLIC_URL to an https address.'],
  'callback-timeout': ['error', 'The timeout must be {expected}; got {got}.', 'Set it to at most one day, in seconds.'],
  'channel-message': ['error', '{channel} has no {got} messages, only {names}.', 'Send the address as text instead.'],
  'channel-button': ['error', '{channel} has no {got} buttons, only {names}.', 'Use a button that the channel has.'],
  'channel-quick-replies': [
    'error',
    '{channel} has no quick replies.',
    'Use menu(), which fits the channel, or omit the key.',
  ],
  'channel-webview-size': ['error', '{channel} has no webview_size.', 'Set webview_size on Messenger only.'],
  'node-outside-flow': [
    'error',
    'A node can be reached only from a running flow.',
    'Use a flow instead: no flow is running when this is delivered.',
  ],
  'content-type': [
    'warning',
    'The contact is on {channel}, but type is {got}; the server replaces it.',
    'Omit type: the server sets it.',
  ],
  'text-length': ['warning', '{channel} shows {expected}; got {got}.', 'Split it into several messages.'],
  'max-buttons': [
    'warning',
    '{channel} shows {expected} under a message; got {got}.',
    'Put the rest under another message.',
  ],
  'caption-length': [
    'warning',
    '{channel} shows {expected} of a caption; got {got}.',
    'Shorten it: the channel cuts it.',
  ],
  'card-title-length': [
    'warning',
    '{channel} shows {expected} of a title; got {got}.',
    'Shorten it: the channel cuts it.',
  ],
  'card-subtitle-length': [
    'warning',
    '{channel} shows {expected} of a subtitle; got {got}.',
    'Shorten it: the channel cuts it.',
  ],
  'first-message-only': [
    'warning',
    '{channel} may show only the first message; got {got}.',
    'Put everything into the first message.',
  ],
  'undocumented-button': [
    'warning',
    'ManyChat does not promise {got} buttons on {channel}.',
    'Try it on the live channel, or ask with menu().',
  ],
  'undocumented-quick-reply': [
    'warning',
    'ManyChat does not promise {got} quick replies on {channel}.',
    'Try it on the live channel, or use a flow.',
  ],
  'undocumented-callback': [
    'warning',
    'ManyChat does not promise listeners on {channel}.',
    'Try it on the live channel.',
  ],
  'https-url': ['warning', 'This should be {expected}; got {got}.', 'Use an https address.'],
  'image-format': ['warning', 'An image should be {expected}; got {got}.', 'Convert the image.'],
  'exact-number': ['warning', 'This should be {expected}: JavaScript has rounded it.', 'Use a bigint.'],
} as const satisfies Record<string, readonly [Severity, sentence: string, remedy: string]>

export type Rule = keyof typeof rules

/** Enough to work with: a block that returns a million wrong messages must not cost a million explanations. */
export const maxProblems = 50

/** What is wrong with content, and where. Neither the message nor the data quotes a text of the content. */
export interface Problem extends ErrorData {
  /** JSON pointer into the content, like `/messages/0/buttons/2/caption`. */
  path: string
  rule: Rule
  severity: Severity
  /** Says what is wrong and what to do. */
  message: string
}

interface Values extends ErrorData {
  /** For `{names}`: what `expected` allows, without "one of". */
  names?: readonly string[]
  /** For `{channel}`. */
  channel?: string
  /** Put between the sentence and the remedy. */
  hint?: string
}

export function createProblem(path: string, rule: Rule, { names, hint, ...values }: Values = {}): Problem {
  const [severity, sentence, remedy] = rules[rule]
  const expected = values.expected ?? (names && (names.length === 1 ? names[0] : `one of ${names.join(', ')}`))
  const told = fillIn(sentence, { ...values, expected, names: names?.join(', ') })
  const message = [told, hint, remedy].filter(Boolean).join(' ')
  return { path, rule, severity, message, ...dataOf({ expected, got: values.got, remedy }) }
}

/** The problems as lines to read. */
export function formatProblems(problems: readonly { path: string; rule: string; message: string }[]): string {
  return problems.map(({ path, rule, message }) => `- ${path || '/'} (${rule}): ${message}`).join('\n')
}
