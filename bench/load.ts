import autocannon from 'autocannon'
import { contactBody } from './contact.ts'
import { headers, type Program } from './programs.ts'

export const connections = 50

/** Calls a program as fast as it answers and returns the calls per second. Every answer must be 200. */
export async function measureThroughput({ name, origin }: Program, path: string, seconds: number): Promise<number> {
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
  return result['2xx'] / result.duration
}
