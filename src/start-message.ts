import type { Config } from './config.ts'

export type MadeUp = 'WEBHOOK_SECRETS' | 'STATE_KEYS' | 'API_TOKENS'

const notes: Record<MadeUp, string> = {
  WEBHOOK_SECRETS: 'WEBHOOK_SECRETS is not set: a secret was made up for this run.\n',
  STATE_KEYS: 'STATE_KEYS is not set: buttons work until the next start.\n',
  API_TOKENS: '',
}

export interface StartMessageOptions {
  config: Config
  blocks: string[]
  folder: string
  /** What was made up for this run. */
  madeUp: MadeUp[]
  /** Whether the simulator plays ManyChat's API. */
  isApiPlayed: boolean
}

/** A contact with ids past 2^53, so that the first try already shows that they survive. */
const sampleContact =
  '{"id":9007199254740993123,"page_id":1234567890123456789,"first_name":"Ana","last_input_text":"{{last_input_text}}"}'

/** What a person sees who starts the server in development: what is served, and a line that calls it. */
export function startMessage({ config, blocks, folder, madeUp, isApiPlayed }: StartMessageOptions): string {
  const block = blocks.includes('size') ? 'size' : blocks[0]
  // A secret that somebody chose is theirs to keep; one that was made up is of use only here.
  const secret = madeUp.includes('WEBHOOK_SECRETS') ? config.webhookSecrets[0] : '<one of WEBHOOK_SECRETS>'
  return `
dynablock serves ${blocks.length === 1 ? '1 block' : `${blocks.length} blocks`} from ${folder}: ${blocks.join(', ')}
${madeUp.map(name => notes[name]).join('')}${isApiPlayed ? 'No page has a key: late replies and call.manychat go to the simulator.\n' : ''}
Talk to them in the simulator:

  http://localhost:${config.port}/simulator

or call one:

  curl -s http://localhost:${config.port}/blocks/${block} \\
    -H 'Authorization: Bearer ${secret}' \\
    -H 'Content-Type: application/json' \\
    -d '${sampleContact}'
`
}
