import t from 'tap'
import { openStore } from '../../src/store/store.ts'
import { onPostgres } from '../needs.ts'
import { startServer } from '../sends/server-process.ts'
import { schemaOptions } from '../store/stores.ts'

const leaseMs = 1500
const body = JSON.stringify({ contact: { id: '7', key: 'user:7' } })

t.test(
  'of 200 calls over three processes, one of which is killed, no update that was answered is lost',
  onPostgres,
  async t => {
    const options = schemaOptions(t)
    await (await openStore(options)).close()
    const servers = Array.from({ length: 3 }, () => startServer(options, { leaseMs, replyWithinMs: 9000 }))
    for (const { kill } of servers) t.teardown(kill)
    await Promise.all(servers.map(({ ready }) => ready()))
    const call = async (index: number): Promise<string> => {
      const reply = await servers[index]?.call('POST', '/blocks/counter', body)
      return reply?.json.content.messages[0].text
    }
    const answers: string[] = []
    let failed = 0
    let killing: Promise<void> | undefined
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        try {
          answers.push(await call(i % 3))
        } catch {
          failed++
        }
        if (answers.length >= 60) killing ??= servers[2]?.kill()
      }),
    )
    await killing
    const numbers = answers.map(Number).filter(Number.isInteger)
    t.equal(numbers.length, answers.length, 'nobody saw the fallback')
    t.ok(failed > 0, 'calls were cut off')
    t.equal(new Set(numbers).size, numbers.length, 'no two calls began with the same memory')
    const last = Number(await call(0))
    t.ok(last > Math.max(...numbers) && last > numbers.length, 'what was answered is remembered')
    t.ok(last <= numbers.length + failed + 1, 'and no call counted twice')
  },
)
