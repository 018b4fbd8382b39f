/**
 * Waits for work, but not longer than `ms`. Work that is late goes on; what becomes of it, a rejection included, is then
 * nobody's concern here.
 *
 * @throws what `onLate` returns, when the time is over
 */
export function withinDeadline<T>(work: PromiseLike<T>, ms: number, onLate: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(onLate()), ms)
    // A thenable of somebody else's may throw; a promise is not wrapped again.
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
