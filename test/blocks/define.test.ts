import t from 'tap'
import { isBlock } from '../../src/blocks/define.ts'
import { cards, defineBlock, Type, text } from '../../src/index.ts'
import { ana, build, post } from '../helper.ts'

const open = () => 'Hi'
/** defineBlock without types, as JavaScript calls it. */
const define = defineBlock as (definition?: unknown) => unknown

t.test('a block', async t => {
  const block = defineBlock({ open })
  t.ok(isBlock(block))
  t.ok(Object.isFrozen(block))
  t.same([block.states, block.steps], [{}, {}])
  for (const other of [{ open }, null, undefined, 'text', 5, () => {}]) t.notOk(isBlock(other))
})

t.test('every option takes what it says', async t => {
  const block = defineBlock({
    description: 'A block',
    waiting: 'Wait',
    fallback: [text('Sorry')],
    expired: cards([{ title: 'Too old' }]),
    replyWithinMs: 9500,
    rerun: false,
    expiresAfterSeconds: 1,
    states: { next: Type.String() },
    open,
    steps: { next: ({ state }) => state, 'with-dash_and_9': () => 'Hi' },
  })
  t.match(block, { description: 'A block', replyWithinMs: 9500, rerun: false, expiresAfterSeconds: 1 })
})

t.test('every option refuses anything else, and says what to do', async t => {
  for (const [definition, message] of [
    [{}, /expected open to be a function, got nothing\. Add open/],
    [undefined, /expected a definition.*, got nothing/],
    [null, /expected a definition.*, got null/],
    ['text', /expected a definition.*, got a value of type string/],
    [() => 'Hi', /expected a definition.*, got a value of type function/],
    [{ open: 'Hi' }, /open to be a function, got a value of type string/],
    [{ open, description: 5 }, /description to be text, got a value of type number/],
    [{ open, states: [] }, /states to be an object of schemas by step, got a list/],
    [{ open, states: { next: Type.String() } }, /states of steps that exist, got "next"/],
    [
      { open, states: { next: { type: 'string' } }, steps: { next: open } },
      /state of "next" to be a schema, got a value/,
    ],
    [{ open, steps: null }, /steps to be an object of functions by step, got null/],
    [{ open, steps: { next: 'Hi' } }, /step "next" to be a function, got a value of type string/],
    [{ open, steps: { '~menu': open } }, /step names of letters, digits, _ and -, got "~menu"\. Rename/],
    [{ open, steps: { 'two words': open } }, /got "two words"/],
    [{ open, steps: { '': open } }, /got ""/],
    [{ open, steps: { [`a${'b'.repeat(64)}`]: open } }, /step names/],
    [{ open, waiting: '' }, /waiting to be content that at least one channel takes/],
    [{ open, fallback: () => 'Sorry' }, /fallback to be content that at least one channel takes, got .* function/],
    [{ open, expired: Array(11).fill(text('x')) }, /expired to be content that at least one channel takes, got a list/],
    [{ open, replyWithinMs: 0 }, /replyWithinMs to be a whole number from 1 to 9500/],
    [{ open, replyWithinMs: 9501 }, /replyWithinMs/],
    [{ open, replyWithinMs: '5000' }, /replyWithinMs/],
    [{ open, rerun: 'no' }, /rerun to be true or false/],
    [{ open, expiresAfterSeconds: 0 }, /expiresAfterSeconds to be a whole number from 1/],
    [{ open, expiresAfterSeconds: 1.5 }, /expiresAfterSeconds/],
    [{ open, memory: {} }, /memory to be an object with schema, written with Type, keepDays/],
    [{ open, memory: { schema: Type.Object({}), keepDays: 1, days: 1 } }, /memory to be an object with schema/],
    [{ open, memory: { schema: Type.Object({}), keepDays: 0 } }, /keepDays is a whole number from 1 to 3650/],
    [{ open, memory: { schema: Type.Object({}), keepDays: 1, migrate: 1 } }, /whose migrate is a function/],
    [{ open, step: {} }, /options that a block has, got "step"\. Did you mean "steps"\?/],
  ] as const) {
    t.throws(() => define(definition), { code: 'DYN_BLOCK_INVALID', message }, String(message))
  }
})

t.test('an option that is undefined is one that is not given', async t => {
  const block = define({ open, steps: undefined, states: undefined, fallback: undefined }) as ReturnType<
    typeof defineBlock
  >
  const { app, open: openBlock } = build(t, { blocks: { block } })
  t.equal((await openBlock('block')).shown, 'Hi')
  t.equal((await post(app, '/blocks/block/next', ana)).status, 401)
  t.same([block.states, block.steps], [{}, {}])
})

t.test('what it was given may change afterwards', async t => {
  const definition = { open, steps: {} }
  const block = defineBlock(definition)
  definition.open = () => 'Changed'
  t.equal(block.open, open)
})
