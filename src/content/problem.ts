/** How strong a problem is: an `error` is refused by ManyChat, a `warning` may be cut or not shown by the channel. */
export type Severity = 'error' | 'warning'

/**
 * Every rule of v2 content: its strength and what to do about it. What ManyChat documents as refused is an error; what a
 * channel cuts or may refuse is a warning. `docs/content.md` explains them; a test compares the two.
 */
export const rules = {
  required: ['error', 'Add it.'],
  'unknown-key': ['error', 'Remove or rename it.'],
  'unknown-type': ['error', 'Use a maker, or one of the names.'],
  value: ['error', 'Change the value.'],
  'max-messages': ['error', 'Send the rest in a later step.'],
  'max-quick-replies': ['error', 'Offer fewer, the last of them leading to more.'],
  'max-actions': ['error', 'Do the rest in a later step.'],
  'max-cards': ['error', 'Show fewer, the last of them leading to more.'],
  'min-cards': ['error', 'Add a card, or send a text in place of the gallery.'],
  'button-actions': ['error', 'Move the actions to the content, or to a button of type url, flow or node.'],
  'https-callback': ['error', 'Set PUBLIC_URL to an https address.'],
  'callback-timeout': ['error', 'Give a whole number of seconds up to one day.'],
  'channel-message': ['error', 'Send text there, with the address in it.'],
  'channel-button': ['error', 'Use a button that the channel has.'],
  'channel-quick-replies': ['error', 'Use menu(), which fits the channel, or leave the key away.'],
  'channel-webview-size': ['error', 'Set webview_size on Messenger only.'],
  'node-outside-flow': ['error', 'Use a flow in place of the node: no flow is running when this is delivered.'],
  'content-type': ['warning', 'Leave type away: it is set from the channel.'],
  'text-length': ['warning', 'Split it into several messages.'],
  'max-buttons': ['warning', 'Put the rest under another message.'],
  'caption-length': ['warning', 'Shorten it: the channel cuts it.'],
  'card-title-length': ['warning', 'Shorten it: the channel cuts it.'],
  'card-subtitle-length': ['warning', 'Shorten it: the channel cuts it.'],
  'first-message-only': ['warning', 'Put everything into the first message.'],
  'undocumented-button': ['warning', 'Try it on the live channel, or ask with menu().'],
  'undocumented-quick-reply': ['warning', 'Try it on the live channel, or use a flow.'],
  'undocumented-callback': ['warning', 'Try it on the live channel.'],
  'https-url': ['warning', 'Use an https address.'],
  'image-format': ['warning', 'Convert the image.'],
  'exact-number': ['warning', 'Give a bigint: the number has lost digits already.'],
} as const satisfies Record<string, readonly [Severity, remedy: string]>

export type Rule = keyof typeof rules

/** Enough to work with; a block that returns a million wrong messages must not cost a million explanations. */
export const maxProblems = 50

/** What is wrong with content, and where. */
export interface Problem {
  /** JSON pointer into the content, like `/messages/0/buttons/2/caption`. */
  path: string
  rule: Rule
  severity: Severity
  /** Says what was expected, what came and what to do; holds no text of a message. */
  message: string
}

export function createProblem(path: string, rule: Rule, expected: string, got: string, hint = ''): Problem {
  const [severity, remedy] = rules[rule]
  return { path, rule, severity, message: `Expected ${expected}, got ${got}. ${hint}${remedy}` }
}

/** The problems as lines for a person. */
export function formatProblems(problems: Problem[]): string {
  return problems.map(({ path, rule, message }) => `- ${path || '/'} (${rule}): ${message}`).join('\n')
}
