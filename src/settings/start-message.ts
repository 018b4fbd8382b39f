import { sampleContact } from '../blocks/sample.ts'
import type { Config } from './config.ts'

export type MadeUp = 'WEBHOOK_SECRETS' | 'STATE_KEYS' | 'API_TOKENS'

const notes: Record<MadeUp, string> = {
  WEBHOOK_SECRETS: 'WEBHOOK_SECRETS is not set: this run uses a made-up secret.\n',
  STATE_KEYS: 'STATE_KEYS is not set: buttons stop working at the next start.\n',
  API_TOKENS: '',
}

export interface StartMessageOptions {
  config: Config
  blocks: string[]
  folder: string
  /** The secrets that are not set, and were made up for this run. */
  madeUp: MadeUp[]
  /** Whether the simulator stands in for ManyChat's API. */
  isApiPlayed: boolean
}

/** Its ids are past 2^53, so the very first call shows that they survive. */
const { id, page_id, first_name } = sampleContact
const body = `{"id":${id},"page_id":${page_id},"first_name":"${first_name}","last_input_text":"{{last_input_text}}"}`

/** Printed at a start in development: the blocks being served, and a curl command that calls one. */
export function startMessage({ config, blocks, folder, madeUp, isApiPlayed }: StartMessageOptions): string {
  const block = blocks.includes('size') ? 'size' : blocks[0]
  // A secret someone chose is never printed; a made-up one is useless after this run.
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
    -d '${body}'
`
}
