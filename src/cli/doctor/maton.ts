import { createMatonConnections } from '../../manychat/maton.ts'
import type { OutboundOptions } from '../../outbound/exchange.ts'
import type { Config } from '../../settings/config.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, problem, failed } = findingsOf('maton')
const remedy = 'Enter the ManyChat key at the address of the connection, or name another in MATON_CONNECTIONS.'

/** Checks that every connection in MATON_CONNECTIONS is active or, if none is named, that at least one exists. */
export async function examineMaton(
  { matonApiKey, matonConnections }: Pick<Config, 'matonApiKey' | 'matonConnections'>,
  outbound: Pick<OutboundOptions, 'fetch' | 'timeoutMs'>,
): Promise<Finding[]> {
  if (matonApiKey === undefined) return []
  try {
    const active = await createMatonConnections({ ...outbound, key: matonApiKey }).list()
    const known = new Set(active.map(({ connection_id }) => connection_id))
    const expected = 'a connection that is active'
    if (matonConnections.size === 0) {
      return [known.size > 0 ? ok('Maton', expected, `${known.size}`) : problem('Maton', expected, 'none', remedy)]
    }
    return [...matonConnections].map(([page, connection]) => {
      const subject = `connection of page ${page}`
      return known.has(connection) ? ok(subject, expected, 'it') : problem(subject, expected, 'one that is not', remedy)
    })
  } catch (error) {
    return [failed('Maton', 'a list of its connections', error)]
  }
}
