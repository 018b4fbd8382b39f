import { type Finding, findingsOf } from './finding.ts'

const { ok, warning } = findingsOf('chatfuel')

/** Is each bot listed once for each version? Their form is a matter of the settings. */
export function examineChatfuel(bots: readonly string[]): Finding[] {
  if (bots.length === 0) return []
  const names = bots.map(bot => `${bot.slice(0, bot.indexOf(':'))} (version ${bot.includes('@') ? 2 : 1})`)
  const doubled = new Set(names.filter((name, i) => names.indexOf(name) !== i))
  return [
    ok('CHATFUEL_BOTS', 'bots of the right form', `${names.join(', ')}; nothing there tells whether a token is valid`),
    ...[...doubled].map(name =>
      warning('CHATFUEL_BOTS', `${name} once`, 'it twice', 'The last counts: drop the others.'),
    ),
  ]
}
