import { type Finding, findingsOf } from './finding.ts'

const { ok, warning } = findingsOf('chatfuel')

/** Checks that each bot is listed once per version. The settings check the form of the entries. */
export function examineChatfuel(bots: readonly string[]): Finding[] {
  if (bots.length === 0) return []
  const names = bots.map(bot => `${bot.slice(0, bot.indexOf(':'))} (version ${bot.includes('@') ? 2 : 1})`)
  const doubled = new Set(names.filter((name, i) => names.indexOf(name) !== i))
  return [
    ok(
      'CHATFUEL_BOTS',
      'bots of the right form',
      `${names.join(', ')}; whether a token is valid can only be seen by sending`,
    ),
    ...[...doubled].map(name =>
      warning('CHATFUEL_BOTS', `${name} once`, 'it twice', 'The last one counts: remove the others.'),
    ),
  ]
}
