import { sampleContact } from '../blocks/sample.ts'
import type { Config } from './config.ts'

export type MadeUp = 'WEBHOOK_SECRETS' | 'STATE_KEYS'

const notes: Record<MadeUp, string> = {
  WEBHOOK_SECRETS: 'WEBHOOK_SECRETS is not set: this run uses a made-up secret.\n',
  STATE_KEYS: 'STATE_KEYS is not set: buttons stop working at the next start.\n',
}
const playedNote =
  'No page has a key: late replies and call.manychat work only in the simulator, which plays ManyChat.\n'

export interface StartMessageOptions {
  config: Config
  /** The port that it listens on. */
  port: number
  blocks: string[]
  folder: string
  /** The secrets that are not set, and were made up for this run. */
  madeUp: MadeUp[]
  /** Whether the simulator stands in for ManyChat's API. */
  isApiPlayed: boolean
  /** Lets its holder into the simulator. */
  token: string
}

/** Its ids are past 2^53, so the very first call shows that they survive. */
const { id, page_id, first_name } = sampleContact
const body = `{"id":${id},"page_id":${page_id},"first_name":"${first_name}","last_input_text":"{{last_input_text}}"}`

/** Printed at a start in development: the blocks being served, the simulator's address, and a curl command. */
export function startMessage(options: StartMessageOptions): string {
  const { config, port, blocks, folder, madeUp, isApiPlayed, token } = options
  const block = blocks.includes('size') ? 'size' : blocks[0]
  // A secret someone chose is never printed; a made-up one is useless after this run.
  const secret = madeUp.includes('WEBHOOK_SECRETS') ? config.webhookSecrets[0] : '<one of WEBHOOK_SECRETS>'
  const isLive = config.publicUrl.startsWith('https://')
  return `
dynablock serves ${blocks.length === 1 ? '1 block' : `${blocks.length} blocks`} from ${folder}: ${blocks.join(', ')}
${madeUp.map(name => notes[name]).join('')}${isApiPlayed ? playedNote : ''}
Talk to them in the simulator:

  http://localhost:${port}/simulator?token=${token}

${isLive ? liveLines(`${config.publicUrl}/blocks/${block}`, secret) : ''}or call one:

  curl -s http://localhost:${port}/blocks/${block} \\
    -H 'Authorization: Bearer ${secret}' \\
    -H 'Content-Type: application/json' \\
    -d '${body}'
`
}

function liveLines(url: string, secret: string | undefined): string {
  return `or paste this into a Dynamic Block of ManyChat, with Full Contact Data as its body:

  POST ${url}
  Authorization: Bearer ${secret}

`
}
