/** Polls for a condition that other processes or sockets bring about. Throws when it doesn't come true in time. */
import { setTimeout as sleep } from 'node:timers/promises'

export async function until(
  isSo: () => boolean | Promise<boolean>,
  { withinMs = 60_000, everyMs = 5 } = {},
): Promise<void> {
  const giveUpAt = performance.now() + withinMs
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`not so within ${withinMs} ms: ${isSo}`)
    await sleep(everyMs)
  }
}
