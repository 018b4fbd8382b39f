import t from 'tap'
import { createBodyBudget } from '../../src/ops/body-budget.ts'

t.test('what one gives back, another may take', async t => {
  const budget = createBodyBudget(100)
  t.ok(budget.take(60))
  t.notOk(budget.take(60))
  t.ok(budget.take(40))
  budget.give(60)
  t.ok(budget.take(60))
  t.notOk(budget.take(1))
})

t.test('those who have proved nothing make room, the oldest first, and no more of them than need to', async t => {
  const budget = createBodyBudget(100)
  const ended: string[] = []
  const takeDisplaceable = (name: string, bytes: number) => {
    const displaceable = {
      displace() {
        ended.push(name)
        budget.give(bytes, displaceable)
      },
    }
    return budget.take(bytes, displaceable)
  }
  t.ok(budget.take(40))
  for (const name of ['a', 'b', 'c']) t.ok(takeDisplaceable(name, 20))
  t.ok(takeDisplaceable('next', 30))
  t.same(ended, ['a', 'b'])
  t.notOk(budget.take(61))
  t.same(ended, ['a', 'b', 'c', 'next'])
  t.ok(budget.take(60))
})
