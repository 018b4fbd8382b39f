import { type Finding, findingsOf } from './finding.ts'

const { ok, warning } = findingsOf('clock')
/** The Date header counts whole seconds, and the answer took time to arrive. */
const toleratedMs = 5000

/** A fetch that notes how far the clock of each server it asks is ahead of this machine's. */
export function createClockWatch(fetch: typeof globalThis.fetch, now: () => number) {
  const aheadMs: number[] = []
  return { fetch: watched, examine }

  async function watched(...request: Parameters<typeof globalThis.fetch>): Promise<Response> {
    const response = await fetch(...request)
    const theirs = Date.parse(response.headers.get('date') ?? '')
    if (!Number.isNaN(theirs)) aheadMs.push(theirs - now())
    return response
  }

  /** Compares this machine's clock with ManyChat's. */
  function examine(): Finding[] {
    const [least] = aheadMs.toSorted((one, other) => Math.abs(one) - Math.abs(other))
    if (least === undefined) return []
    const expected = `a clock within ${toleratedMs / 1000} s of the platform's`
    if (Math.abs(least) <= toleratedMs) return [ok('clock', expected, 'it')]
    const got = `one that is ${Math.round(Math.abs(least) / 1000)} s ${least > 0 ? 'behind' : 'ahead'}`
    return [
      warning('clock', expected, got, 'Let NTP set the clock of this machine: buttons and listeners expire by it.'),
    ]
  }
}
