/**
 * Waits for work, but no longer than `ms`. Late work keeps running, and its outcome, even a rejection, is ignored.
 *
 * @throws what `onLate` returns, when time runs out; the reason of the signal, when it aborts first
 */
export function withinDeadline<T>(
  work: PromiseLike<T>,
  ms: number,
  onLate: () => Error,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(onLate()), ms)
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
    // The `then` of a foreign thenable may throw, so it is wrapped; a real promise is not wrapped again.
    Promise.resolve(work).then(
      value => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
