import t from 'tap'
import { createBodyBudget } from '../../src/ops/body-budget.ts'

t.test('what one gives back, another may take', async t => {
  const budget = createBodyBudget(100)
  const first = budget.take(60, false)
  t.ok(first)
  t.equal(budget.take(60, false), null)
  t.ok(budget.take(40, false))
  budget.give(first as NonNullable<typeof first>)
  t.ok(budget.take(60, false))
  t.equal(budget.take(1, false), null)
})

t.test('those who have proved nothing make room, the oldest first, and no more of them than need to', async t => {
  const budget = createBodyBudget(100)
  const ended: string[] = []
  const take = (name: string, bytes: number, isDisplaceable: boolean) => {
    const share = budget.take(bytes, isDisplaceable)
    if (share === null) return false
    share.displace = () => {
      ended.push(name)
      budget.give(share)
    }
    return true
  }
  t.ok(take('proven', 40, false))
  for (const name of ['a', 'b', 'c']) t.ok(take(name, 20, true))
  t.ok(take('next', 30, true))
  t.same(ended, ['a', 'b'])
  t.notOk(take('too much', 61, false))
  t.same(ended, ['a', 'b', 'c', 'next'])
  t.ok(take('last', 60, false))
})
