import t from 'tap'
import { createWithdrawals } from '../../src/calls/withdrawals.ts'

const run = (key: string) => ({ block: 'size', page: '1', addressee: 'ana', idempotencyKey: key })

t.test('what waits to be withdrawn is bounded, however long the store is away', async t => {
  const withdrawn: string[] = []
  const logged: string[] = []
  const { promise: isBack, resolve: comeBack } = Promise.withResolvers<void>()
  const say = (_details: object, message: string) => void logged.push(message)
  const withdrawals = createWithdrawals({
    queue: () => ({
      withdraw: async ({ idempotencyKey }) => {
        withdrawn.push(idempotencyKey)
      },
    }),
    persist: async change => {
      await isBack
      return change()
    },
    log: { info: say, error: say },
    limit: 2,
  })
  for (const key of ['a', 'b', 'c', 'd', 'e']) withdrawals.add({ ...run(key), call: 'a long text' } as never)
  comeBack()
  await withdrawals.settled()
  t.strictSame(withdrawn, ['a', 'd', 'e'], 'the first was under way, and the oldest gave way')
  t.match(logged, [/^too many late replies to withdraw/, /^withdrew late replies/])
})
