import type { Channel } from './channels.ts'

/**
 * What becomes of content that breaks a rule. An `error` is documented as refused, or can't be repaired without losing
 * words: such content isn't sent. A `warning` is sent, but may be cut or not shown. What is `repaired` loses no word, and is
 * sent in its repaired form.
 */
export type Severity = 'error' | 'warning' | 'repaired'

/** Who says so: ManyChat's documentation, the channel's owner, programs in the field, or JavaScript. */
export type Source = 'ManyChat' | 'channel' | 'field' | 'JavaScript'

export interface RuleRow {
  readonly severity: Severity
  readonly source: Source
  /** `{placeholders}` are filled when a problem is made. */
  readonly sentence: string
  readonly remedy: string
  /** The channels on which the rule can be broken, if not all. */
  readonly channels?: readonly Channel[]
}

type Row = [source: Source, sentence: string, remedy: string, channels?: readonly Channel[]]

const error = (...row: Row) => ruleOf('error', row)
const warning = (...row: Row) => ruleOf('warning', row)
const repaired = (...row: Row) => ruleOf('repaired', row)

function ruleOf(severity: Severity, [source, sentence, remedy, channels]: Row): RuleRow {
  return { severity, source, sentence, remedy, ...(channels && { channels }) }
}

const withoutQuickReplies: readonly Channel[] = ['whatsapp', 'telegram']
const limited: readonly Channel[] = ['instagram', 'whatsapp', 'telegram']
const undocumented: readonly Channel[] = [...limited, 'tiktok']
const cutsCaptions: readonly Channel[] = ['messenger', 'instagram', 'whatsapp']
const showsCards: readonly Channel[] = ['messenger', 'instagram']

/**
 * Every rule of v2 content. `docs/content.md` explains them, and a test compares the two. The rules of TikTok, for which
 * nothing is documented, are warnings; those of the format hold there too.
 */
export const rules = {
  required: error('ManyChat', 'This is missing; it must be {expected}.', 'Add it.'),
  'unknown-type': error('ManyChat', 'This must be {expected}; got {got}.', 'Use a maker, or one of these names.'),
  value: error('ManyChat', 'This must be {expected}; got {got}.', 'Change the value.'),
  'max-messages': error('ManyChat', 'ManyChat takes {expected}; got {got}.', 'Send the rest in a later step.'),
  'max-quick-replies': error(
    'ManyChat',
    'ManyChat takes {expected}; got {got}.',
    'Offer fewer; let the last one lead to more.',
  ),
  'max-actions': error('ManyChat', 'ManyChat takes {expected}; got {got}.', 'Do the rest in a later step.'),
  'max-cards': error('channel', 'ManyChat takes {expected}; got {got}.', 'Show fewer; let the last one lead to more.'),
  'min-cards': error(
    'channel',
    'A gallery has {expected}; got {got}.',
    'Add a card, or send a text instead of the gallery.',
  ),
  'text-limit': error(
    'field',
    'ManyChat refuses a text of more than 2000 characters; got {got}, and there is no way to split it into the messages left.',
    'Send the rest in a later step.',
  ),
  'button-actions': error(
    'ManyChat',
    'Actions are not allowed here.',
    'Move them to the content, or to a button of type url, flow or node.',
  ),
  'https-callback': error('ManyChat', 'A callback needs {expected}; got {got}.', 'Set PUBLIC_URL to an https address.'),
  'callback-timeout': error(
    'ManyChat',
    'The timeout must be {expected}; got {got}.',
    'Set it to at most one day, in seconds.',
  ),
  'channel-message': error(
    'ManyChat',
    '{channel} has no {got} messages, only {names}.',
    'Send the address as text instead.',
    limited,
  ),
  'channel-button': error(
    'ManyChat',
    '{channel} has no {got} buttons, only {names}.',
    'Use a button that the channel has.',
    limited,
  ),
  'channel-quick-replies': error(
    'ManyChat',
    '{channel} has no quick replies.',
    'Use menu(), which fits the channel, or omit the key.',
    withoutQuickReplies,
  ),
  'node-outside-flow': error(
    'ManyChat',
    'A node can be reached only from a running flow.',
    'Use a flow instead: no flow is running when this is delivered.',
  ),

  'content-type': warning(
    'ManyChat',
    'The contact is on {channel}, but type is {got}; the server replaces it.',
    'Omit type: the server sets it.',
  ),
  'text-length': warning(
    'channel',
    '{channel} shows {expected}; got {got}, and there is no way to split it into the messages left.',
    'Send the rest in a later step.',
    cutsCaptions,
  ),
  'max-buttons': warning(
    'channel',
    '{channel} shows {expected} under a message; got {got}.',
    'Put the rest under another message.',
    [...cutsCaptions, 'telegram'],
  ),
  'caption-length': warning(
    'channel',
    '{channel} shows {expected} of a caption; got {got}.',
    'Shorten it: the channel cuts it.',
    cutsCaptions,
  ),
  'card-title-length': warning(
    'channel',
    '{channel} shows {expected} of a title; got {got}.',
    'Shorten it: the channel cuts it.',
    showsCards,
  ),
  'card-subtitle-length': warning(
    'channel',
    '{channel} shows {expected} of a subtitle; got {got}.',
    'Shorten it: the channel cuts it.',
    showsCards,
  ),
  'first-message-only': warning(
    'field',
    '{channel} may show only the first message; got {got}.',
    'Put everything into the first message.',
    ['whatsapp'],
  ),
  'undocumented-message': warning(
    'field',
    'ManyChat does not promise {got} messages on {channel}.',
    'Try it on the live channel, or send the address as text.',
    ['whatsapp', 'tiktok'],
  ),
  'undocumented-button': warning(
    'field',
    'ManyChat does not promise {got} buttons on {channel}.',
    'Try it on the live channel, or ask with menu().',
    undocumented,
  ),
  'undocumented-image-buttons': warning(
    'field',
    'ManyChat does not promise buttons under images on {channel}.',
    'Put them under a text.',
    undocumented,
  ),
  'undocumented-quick-reply': warning(
    'field',
    'ManyChat does not promise {got} quick replies on {channel}.',
    'Try it on the live channel, or ask with menu().',
    ['instagram', 'tiktok'],
  ),
  'undocumented-callback': warning(
    'field',
    'ManyChat does not promise listeners on {channel}.',
    'Try it on the live channel.',
    undocumented,
  ),
  'flow-target': warning(
    'ManyChat',
    'The target should be {expected}; got other text.',
    'Copy the id from the URL of the flow.',
  ),
  'https-url': warning('channel', 'This should be {expected}; got {got}.', 'Use an https address.'),
  'image-format': warning('ManyChat', 'An image should be {expected}; got {got}.', 'Convert the image.'),
  'exact-number': warning('JavaScript', 'This should be {expected}: JavaScript has rounded it.', 'Use a bigint.'),

  'unknown-key': repaired('field', '{got} is not allowed here, only {names}; it is dropped.', 'Remove or rename it.'),
  'empty-member': repaired('field', 'This must be {expected}; got {got}, which is dropped.', 'Omit it.'),
  'beside-content': repaired(
    'field',
    '{got} stands beside "content", where ManyChat ignores it; it is {done}.',
    'Move it into "content".',
  ),
  'type-name': repaired('field', 'No type is called {got}; it is replaced.', 'Omit type: the server sets it.'),
  'method-case': repaired('field', 'This must be {expected}; it is replaced.', 'Write it in small letters.'),
  'message-quick-replies': repaired(
    'field',
    'A message has no quick replies; they are moved to the content.',
    'Put them beside the messages.',
  ),
  'text-split': repaired(
    'field',
    '{channel} shows {expected}; got {got}. It is split into {parts} messages.',
    'Split it where you like with splitText().',
  ),
  'channel-webview-size': repaired(
    'ManyChat',
    '{channel} has no webview_size; it is dropped.',
    'Set webview_size on Messenger only.',
    undocumented,
  ),
} satisfies Record<string, RuleRow>

export type Rule = keyof typeof rules
