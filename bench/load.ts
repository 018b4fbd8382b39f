import autocannon from 'autocannon'
import { contactBody } from './contact.ts'
import { headers, type Program } from './programs.ts'

export const connections = 50

export interface Load {
  callsPerSecond: number
  /** The program's processor time per call. */
  cpuMicrosPerCall: number
}

/** Calls a program as fast as it answers.
 *
 * @throws Error when any answer isn't 200
 */
export async function measureLoad({ name, origin, cpuMicros }: Program, path: string, seconds: number): Promise<Load> {
  const before = cpuMicros()
  const result = await autocannon({
    url: origin + path,
    method: 'POST',
    headers,
    body: contactBody,
    connections,
    duration: seconds,
  })
  const failed = result.non2xx + result.errors + result.timeouts
  if (failed > 0) throw new Error(`${name} failed ${failed} calls of ${path} under load`)
  const calls = result['2xx']
  return { callsPerSecond: calls / result.duration, cpuMicrosPerCall: (cpuMicros() - before) / calls }
}
