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
 * @typedef {import('../session.ts').SessionState & Switches} State
 * @typedef {import('../fixture.ts').Replayed} Replayed
 * @typedef {{ block: string, channel: string }} Choice
 */

/** The block and channel from the address's hash, so that a reload keeps them. */
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
  /** Changes to the contact, for later conversations. */
  const edits = useRef({})
  /** Counts the conversations begun: only the latest is shown. */
  const begun = useRef(0)

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
  const session = `conversations/${state.id}`
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
        act=${(verb, body) => act(`${session}/${verb}`, body)} />
      <div class="log">
        ${replayed && html`<${ReplayPanel} steps=${replayed} onClose=${() => setReplayed(undefined)} />`}
        <${Sends} sends=${state.sends} />
        <${Timeline} key=${state.since} ...${{ state }} />
      </div>
    </main>
  `

  /** Shows an error, except a lost connection, which the page already shows. */
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
    // At once, because the next choice builds on this one.
    setChoice(wish)
    const number = ++begun.current
    return attempt(async () => {
      const { id: next } = await post('conversations', { ...wish, contact: edits.current })
      if (number !== begun.current) return
      location.replace(`#${new URLSearchParams(wish)}`)
      setReplayed(undefined)
      setId(next)
      // Blocks come and go while people write them.
      setSetup(await get('setup'))
      await post(`conversations/${next}/open`)
    })
  }

  function change(text) {
    edits.current = { ...edits.current, ...editsOf(text) }
    return act(`${session}/contact`, text)
  }

  async function replay(recording) {
    const text = recording ?? JSON.stringify(await get(`${session}/recording`))
    const { id: next, replayed: steps } = await post('replays', text)
    const { block, channel } = JSON.parse(text)
    begun.current++
    setChoice({ block, channel })
    setReplayed(steps)
    setId(next)
  }
}

/** The address's hash holds the block and channel, so following the link must not set it. */
function skip(event) {
  event.preventDefault()
  document.getElementById('phone')?.focus()
}

/** The part of the contact kept for later conversations: no ids, which differ by channel, and no fields, which start empty. */
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
    // The server explains what is wrong with the text.
    return {}
  }
}
