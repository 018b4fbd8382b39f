import fc from 'fast-check'
import t from 'tap'
import { type Channel, capabilities, channels } from '../../src/content/channels.ts'
import { exceeds, measure, splitForButtons, splitText } from '../../src/content/split.ts'

const limit = { alone: 20, withButtons: 20, unit: 'characters' } as const
/** The parts of a text, at most 20 characters long. */
const split = (text: string, withButtons = 20) => splitForButtons(text, { ...limit, withButtons }, 10)

t.test('a text that fits is its only part, as it is', async t => {
  for (const text of ['', ' Hello! ', 'x'.repeat(2000), '👍'.repeat(2000)]) t.strictSame(splitText(text), [text])
  t.strictSame(splitText('é'.repeat(500), { channel: 'instagram' }), ['é'.repeat(500)])
})

t.test('the limit is that of the channel', async t => {
  const lengths: Record<Channel, number[]> = {
    messenger: [2000, 1],
    instagram: [1000, 1000, 1],
    whatsapp: [2000, 1],
    telegram: [2000, 1],
    tiktok: [2000, 1],
  }
  for (const channel of channels) {
    const parts = splitText('x'.repeat(2001), { channel })
    t.strictSame(
      parts.map(({ length }) => length),
      lengths[channel],
      channel,
    )
  }
})

t.test('a text is cut at the last paragraph that fits', async t => {
  t.strictSame(split('One. Two.\n\nThree.\n \nFour five six.'), ['One. Two.\n\nThree.', 'Four five six.'])
})

t.test('without a paragraph, at the last line', async t => {
  t.strictSame(split('1. One. Uno.\n2. Two. Dos.\n3. Three.'), ['1. One. Uno.', '2. Two. Dos.', '3. Three.'])
})

t.test('without a line, at the last sentence', async t => {
  t.strictSame(split('One two three. Four! Five six seven?'), ['One two three.', 'Four!', 'Five six seven?'])
})

t.test('without a sentence, at the last word, in any script', async t => {
  t.strictSame(split('one two three four five six'), ['one two three four', 'five six'])
  t.strictSame(split('well-known, half-finished things'), ['well-known,', 'half-finished things'])
  t.strictSame(split('เราขายกาแฟและขนมปังทุกวันในร้าน'), ['เราขายกาแฟและขนมปัง', 'ทุกวันในร้าน'])
  t.strictSame(split('東京特許許可局で働いている友人に会いに行きました'), [
    '東京特許許可局で働いている友人に会いに',
    '行きました',
  ])
})

t.test('a word that is longer than a part is cut at a hyphen, else between graphemes', async t => {
  t.strictSame(split('Donaudampfschiff-fahrtsgesellschaft'), ['Donaudampfschiff-', 'fahrtsgesellschaft'])
  t.strictSame(split('x'.repeat(25)), ['x'.repeat(20), 'xxxxx'])
  const family = '👩‍👩‍👧‍👦'
  t.strictSame(split(family.repeat(4)), [family.repeat(2), family.repeat(2)])
})

t.test('a link is never cut', async t => {
  const link = 'https://a.example/b'
  t.strictSame(split(`Read this: ${link} now`), ['Read this:', link, 'now'])
  t.strictSame(split(`読む${link}です。もっと読む、今日`), ['読む', link, 'です。もっと読む、今日'])
  const long = `https://a.example/${'x'.repeat(1000)}`
  t.strictSame(splitText(`Read ${long} now`, { channel: 'instagram' }), ['Read', long, 'now'], 'though it is too long')
  t.equal(splitForButtons(`Read ${long} now`, capabilities.instagram.text, 10), undefined)
})

t.test('a grapheme is never cut, however long', async t => {
  const grapheme = `e${'\u0301'.repeat(2000)}`
  t.strictSame(splitText(`a ${grapheme} b`), ['a', grapheme, 'b'])
})

t.test('white space is no part', async t => {
  t.strictSame(splitText(' '.repeat(2001)), [])
  t.strictSame(splitText(`${' '.repeat(2001)}Hello!\n`), ['Hello!'])
  t.equal(split(' '.repeat(30)), undefined, 'and nothing to show is no way to split a text')
})

t.test('the last part fits with buttons, and is as long as they allow', async t => {
  t.strictSame(split('one two three four', 10), ['one two', 'three four'])
  t.strictSame(split('One two. Three. Go?', 10), ['One two.', 'Three. Go?'])
  t.strictSame(split('one two three four five six', 10), ['one two three four', 'five six'])
  t.strictSame(split('éééé éééé éééé', 10), ['éééé', 'éééé éééé'])
  t.equal(splitForButtons('Read https://a.example/b', { ...limit, alone: 30, withButtons: 10 }, 10), undefined)
})

t.test('where room is short the parts are filled; where there is none, it is not split', async t => {
  const text = 'a\n\none two three four a\n\none two three four'
  t.strictSame(splitForButtons(text, limit, 4), ['a', 'one two three four a', 'one two three four'])
  t.strictSame(splitForButtons('a\n\nbb cc dd ee ff gg hh ii', limit, 2), ['a\n\nbb cc dd ee ff gg', 'hh ii'])
  t.equal(splitForButtons('x'.repeat(41), limit, 2), undefined)
  t.equal(splitForButtons('x'.repeat(21), limit, 1), undefined)
})

t.test('a long text costs little', async t => {
  t.equal(splitText('Lorem ipsum dolor sit amet. '.repeat(20_000)).length, 282)
})

const words = fc.oneof(
  fc.lorem({ mode: 'sentences', maxCount: 4 }),
  fc.constantFrom('\n\n', '\n', ' ', '  ', '。', '، ', '-'),
  fc.constantFrom('日本語の文章', 'สวัสดีครับ', 'ភាសាខ្មែរ', 'नमस्ते दुनिया', 'שלום עולם', 'Übergröße', 'e\u0301\u0302'),
  fc.constantFrom('👩‍👩‍👧‍👦', '🇫🇷', '👍🏽', '❤️'),
  fc.webUrl({ withQueryParameters: true }).map(url => ` ${url} `),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
)
const texts = fc.array(words, { minLength: 60, maxLength: 300, size: 'max' }).map(parts => parts.join(''))
const withoutSpace = (text: string) => text.replace(/\s+/g, '')

t.test('whatever the text: no part is over the limit, and no word, grapheme or link is lost or cut', async t => {
  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
  const ends = (text: string) =>
    new Set(Array.from(graphemes.segment(text), ({ index, segment }) => index + segment.length))
  let splits = 0
  fc.assert(
    fc.property(texts, fc.constantFrom(...channels), (text, channel) => {
      const parts = splitText(text, { channel })
      splits += parts.length - 1
      t.equal(withoutSpace(parts.join('')), withoutSpace(text))
      const { alone, unit } = capabilities[channel].text
      const known = ends(text)
      const links = Array.from(
        text.matchAll(/https?:\/\/[!-~]+/g),
        ({ index, 0: link }) => [index, index + link.length] as const,
      )
      let at = 0
      for (const [i, part] of parts.entries()) {
        const isLast = i === parts.length - 1
        if (exceeds(part, alone, unit) && !/^https?:\S+$/.test(part)) throw new Error(`${measure(part, unit)} ${unit}`)
        at = text.indexOf(part, at) + part.length
        if (!isLast && !known.has(at)) throw new Error('a grapheme is cut')
        const [, letters = ''] = isLast ? [] : (/^(\p{sc=Latn}+)/u.exec(text.slice(at)) ?? [])
        const [, before = ''] = /(\p{sc=Latn}+)$/u.exec(part) ?? []
        if (letters && before && !exceeds(before + letters, alone, unit)) throw new Error('a word is cut')
        if (!isLast && links.some(([from, to]) => from < at && at < to)) throw new Error('a link is cut')
      }
    }),
    { numRuns: 40 },
  )
  t.ok(splits > 100, 'and most texts are split')
})
