import { readFileSync } from 'node:fs'
import t from 'tap'
import { openChat } from '../../src/testing.ts'
import { findBlock, readDoc } from '../docs.ts'
import { folderOf } from '../helper.ts'

t.test('the program of docs/memory.md runs, and forgets when its days are over', async t => {
  const folder = folderOf(t, { 'cart.ts': findBlock(readDoc('memory.md'), 'ts') })
  const chat = await openChat('cart', { folder })
  t.teardown(chat.close)
  t.same(chat.texts, ['Your cart is empty.'])
  await chat.tap('Add tea')
  await chat.tap('Add tea')
  await chat.open()
  t.same(chat.texts, ['In your cart: tea, tea.'])
  await chat.tap('Empty it')
  await chat.tap('Add tea')
  await chat.wait(30 * 86_400 - 1)
  await chat.open()
  t.same(chat.texts, ['In your cart: tea.'])
  await chat.wait(1)
  await chat.open()
  t.same(chat.texts, ['Your cart is empty.'])
})

t.test('docs/memory.md and docs/blocks.md name what a handler gets', async t => {
  const call = readFileSync('src/blocks/call.ts', 'utf8')
  for (const verb of ['memory', 'remember', 'forgetContact']) {
    t.match(call, new RegExp(`^  ${verb}\\(`, 'm'))
    for (const page of ['memory.md', 'blocks.md']) t.match(readDoc(page), new RegExp(`\`(await )?${verb}\\(`))
  }
})
