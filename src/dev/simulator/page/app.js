import { useEffect, useRef, useState } from 'preact/hooks'
import { ContactPanel } from './contact.js'
import { html } from './html.js'
import { Phone } from './phone.js'
import { Profile } from './profile.js'
import { ReplayPanel } from './replay-panel.js'
import { Sends } from './sends.js'
import { follow, get, post, Refused } from './server.js'
import { Switches } from './switches.js'
import { Timeline } from './timeline.js'
import { TopBar } from './top-bar.js'

/**
 * @typedef {{ latencyMs: number, fault: import('../../fake-api/fake-api.ts').Fault, aheadMs: number }} Switches
 * @typedef {{ name: string, description: string | null }} Block
 * @typedef {{ blocks: Block[], contacts: object, isApiPlayed: boolean, restart: string | null } & Switches} Setup
 * @typedef {import('../talk.ts').TalkState & Switches} State
 * @typedef {import('../fixture.ts').Replayed} Replayed
 * @typedef {{ block: string, channel: string }} Choice
 */

/** What the address names, so that a reload begins with the same. */
function readChoice(blocks) {
  const wish = new URLSearchParams(location.hash.slice(1))
  const names = blocks.map(({ name }) => name)
  const first = names.includes('size') ? 'size' : names[0]
  return {
    block: names.includes(wish.get('block')) ? wish.get('block') : first,
    channel: wish.get('channel') ?? 'messenger',
  }
}

export function App() {
  const [setup, setSetup] = useState(/** @type {Setup | undefined} */ (undefined))
  const [choice, setChoice] = useState(/** @type {Choice | undefined} */ (undefined))
  const [id, setId] = useState(/** @type {string | undefined} */ (undefined))
  const [state, setState] = useState(/** @type {State | undefined} */ (undefined))
  const [link, setLink] = useState('open')
  const [notice, setNotice] = useState('')
  const [replayed, setReplayed] = useState(/** @type {Replayed[] | undefined} */ (undefined))
  /** What was changed of the contact, for conversations that begin later. */
  const edits = useRef({})
  /** Counts what was begun: only the last of it is shown. */
  const turns = useRef(0)

  useEffect(() => {
    attempt(async () => {
      const found = await get('setup')
      const wish = readChoice(found.blocks)
      setSetup(found)
      await begin(found.contacts[wish.channel] ? wish : { ...wish, channel: 'messenger' })
    })
  }, [])

  useEffect(() => (id ? follow(id, setState, setLink) : undefined), [id])

  if (!setup || !state) {
    return html`<p class="boot" role="status">${notice || 'Starting the simulator…'}</p>`
  }
  const talk = `conversations/${state.id}`
  return html`
    <a class="skip" href="#phone" onClick=${skip}>Skip to the phone</a>
    <${TopBar}
      ...${{ setup, choice, state, link, onChoose: begin }}
      onAgain=${() => begin(choice)}
      onReplay=${recording => attempt(() => replay(recording))}
    />
    ${notice && html`<p class="notice" role="alert">${notice}<button class="quiet" onClick=${() => setNotice('')}>Close</button></p>`}
    <main class="desk">
      <div class="side">
        <${ContactPanel} contact=${state.saved.contact} onChange=${change} />
        <${Profile} tags=${state.saved.tags} fields=${state.saved.contact.custom_fields ?? {}} />
        <${Switches} ...${{ setup, state }} act=${act} />
      </div>
      <${Phone}
        ...${{ state, link }}
        description=${setup.blocks.find(({ name }) => name === state.block)?.description}
        act=${(verb, body) => act(`${talk}/${verb}`, body)} />
      <div class="log">
        ${replayed && html`<${ReplayPanel} steps=${replayed} onClose=${() => setReplayed(undefined)} />`}
        <${Sends} sends=${state.sends} />
        <${Timeline} key=${state.since} ...${{ state }} />
      </div>
    </main>
  `

  /** Says what went wrong; a lost connection says so itself. */
  async function attempt(work) {
    try {
      await work()
      setNotice('')
    } catch (error) {
      if (error instanceof Refused) setNotice(error.message)
      else if (!(error instanceof TypeError)) throw error
    }
  }

  function act(path, body) {
    return attempt(() => post(path, body))
  }

  function begin(wish) {
    // At once: what is chosen next builds on it.
    setChoice(wish)
    const turn = ++turns.current
    return attempt(async () => {
      const { id: next } = await post('conversations', { ...wish, contact: edits.current })
      if (turn !== turns.current) return
      location.replace(`#${new URLSearchParams(wish)}`)
      setReplayed(undefined)
      setId(next)
      // Blocks come and go while they are written.
      setSetup(await get('setup'))
      await post(`conversations/${next}/open`)
    })
  }

  function change(text) {
    edits.current = { ...edits.current, ...editsOf(text) }
    return act(`${talk}/contact`, text)
  }

  async function replay(recording) {
    const text = recording ?? JSON.stringify(await get(`${talk}/recording`))
    const { id: next, replayed: steps } = await post('replays', text)
    const { block, channel } = JSON.parse(text)
    turns.current++
    setChoice({ block, channel })
    setReplayed(steps)
    setId(next)
  }
}

/** The address is kept for the block and the channel. */
function skip(event) {
  event.preventDefault()
  document.getElementById('phone')?.focus()
}

/** What is kept for the next conversation: not the ids, as each channel has its own, nor fields, which begin empty. */
function editsOf(text) {
  try {
    const {
      id: _id,
      key: _key,
      page_id: _page,
      ig_id: _ig,
      user_refs: _refs,
      custom_fields: _,
      ...fields
    } = JSON.parse(text)
    return fields
  } catch {
    // The server says what is wrong with it.
    return {}
  }
}
