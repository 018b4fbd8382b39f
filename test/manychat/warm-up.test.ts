import t from 'tap'
import { warmUpFetch } from '../../src/manychat/warm-up.ts'

t.test('makes one call to this process, whatever becomes of it', async t => {
  const { fetch } = globalThis
  t.teardown(() => {
    globalThis.fetch = fetch
  })
  const answers: number[] = []
  globalThis.fetch = async (...request) => {
    const response = await fetch(...request)
    answers.push(response.status)
    return response
  }
  await warmUpFetch()
  t.strictSame(answers, [200])
  globalThis.fetch = async () => {
    throw new Error('no way out')
  }
  await warmUpFetch()
})
