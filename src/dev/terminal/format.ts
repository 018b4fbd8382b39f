/** Formats the phone as lines of text that also suit a screen reader. */
import type { Screen } from '../conversation/conversation.ts'
import type { ChatEvent, ChatProblem } from '../conversation/event.ts'
import type { Shown, Tappable } from '../conversation/screen.ts'
import type { Bubble } from '../conversation/state.ts'
import { buttonsOf, targetOf } from '../conversation/tappable.ts'
import { formatDuration } from './duration.ts'

export interface FormatOptions {
  /** Whether to color lines. */
  color: boolean
}

const verbs = { url: 'opens', flow: 'goes to flow', node: 'goes to node', call: 'calls', buy: 'buys' } as const

/** Makes a function that formats an event. Each warning is printed only once. */
export function createFormat({ color }: FormatOptions) {
  const warned = new Set<string>()
  return format

  function format(event: ChatEvent, screen: Screen): string {
    return linesOf(event, screen)
      .map(line => `${line}\n`)
      .join('')
  }

  function linesOf(event: ChatEvent, screen: Screen): string[] {
    if (event.kind === 'shown') {
      const bubbles = screen.bubbles.filter(({ id }) => event.bubbles.includes(id))
      return [
        ...bubbles.flatMap(formatBubble),
        ...screen.quickReplies.map(reply => formatTappable(reply, 'quick reply')),
      ]
    }
    if (event.kind === 'response') return event.problems.flatMap(formatProblem)
    if (event.kind === 'listening') {
      return [note(`waits for your message for ${formatDuration(Math.round((event.until - event.at) / 1000))}`)]
    }
    if (event.kind === 'unheard') {
      const why = event.why === 'expired' ? 'the listener had expired' : 'no block listens'
      return [note(`${why}: ManyChat’s own automation handles this message`)]
    }
    if (event.kind === 'tag') return [note(`tag ${event.change}: ${event.name}`)]
    if (event.kind === 'field') return [note(`field ${event.name}: ${event.value ?? 'empty'}`)]
    if (event.kind === 'followed') return [note(`${verbs[event.type]} ${event.target}`)]
    if (event.kind === 'delivery' && !event.accepted)
      return [problem(`delivery refused (${event.code ?? 'no code'}): ${event.why}`)]
    return []
  }

  function formatBubble({ message, late }: Bubble): string[] {
    const who = late ? 'Block, later' : 'Block'
    const buttons = message.type === 'cards' ? [] : buttonsOf(message).map(button => formatTappable(button))
    return [...describe(message).map((line, index) => (index === 0 ? `${who}: ${line}` : `  ${line}`)), ...buttons]
  }

  function describe(message: Shown): string[] {
    if (message.type === 'text') return message.text.split('\n')
    if (message.type !== 'cards') return [`${message.type} ${message.url}`]
    const cards = message.elements.flatMap(({ title, subtitle, image_url, action_url, buttons }, index) => [
      [`Card ${index + 1}: ${title}`, subtitle, image_url && `image ${image_url}`, action_url && `opens ${action_url}`]
        .filter(Boolean)
        .join(', '),
      ...buttons.map(button => formatTappable(button)),
    ])
    return [`gallery of ${message.elements.length}`, ...cards]
  }

  function formatTappable({ id, caption, wire }: Tappable, kind?: string): string {
    const notes = [
      kind,
      wire.type !== 'dynamic_block_callback' && verbs[wire.type],
      wire.type !== 'dynamic_block_callback' && targetOf(wire).target,
    ]
    const aside = notes.filter(Boolean).join(' ')
    return paint('36', `  :${id} ${caption}${aside && ` (${aside})`}`)
  }

  function formatProblem({ path, rule, severity, message }: ChatProblem): string[] {
    if (severity === 'error') return [problem(`${rule}: ${message}`)]
    if (warned.has(rule)) return []
    warned.add(rule)
    return [note(`${severity} ${rule} at ${path}: ${message}`)]
  }

  function problem(text: string): string {
    return paint('31', `! ${text}`)
  }

  function note(text: string): string {
    return paint('2', `  (${text})`)
  }

  function paint(code: string, text: string): string {
    return color ? `\u001b[${code}m${text}\u001b[0m` : text
  }
}
