import t from 'tap'
import { findBlock, readDoc, runProgram } from '../docs.ts'
import { startFakePlatform } from '../fake-platform.ts'

t.test('the program of chatfuel.md does what the page says', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  answerWith(
    { body: '{"success":true,"result":"Block was sent"}' },
    { body: '{"success":false,"result":"No such customer"}' },
  )
  const env = { CHATFUEL_URL: url, COMPATIBLE_URL: `${url}/api`, CHATFUEL_TOKEN: 'example-token' }
  t.equal(await runProgram(t, 'chatfuel.md', env), findBlock(readDoc('chatfuel.md'), 'text'))
  t.equal(heard.length, 2)
})
