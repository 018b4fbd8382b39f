import { useEffect, useRef, useState } from 'preact/hooks'
import { channelNames } from './channel-names.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { Bubble } from './message.js'
import { rowsOf } from './rows.js'
import { clockTime } from './time.js'

/** Shown in place of the channel's name. */
const notices = {
  lost: 'Server unreachable…',
  restarted: 'Server started again: open the address that it printed',
}

/** The contact's phone. */
export function Phone({ state, link, description, act }) {
  const { saved, block, listenUntil, aheadMs, sends } = state
  const isAwaited = sends.some(({ late_reply, state }) => late_reply && (state === 'waiting' || state === 'running'))
  const { rows, isTyping } = rowsOf(saved)
  const log = useRef(/** @type {HTMLElement | null} */ (null))
  const composer = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => {
    log.current?.scrollTo(0, log.current.scrollHeight)
  }, [rows.length, isTyping, isAwaited, saved.quickReplies.length])
  return html`
    <section class="phone" id="phone" tabindex="-1" data-channel=${saved.channel} aria-label="Phone">
      <header>
        <span class="face" aria-hidden="true">${block[0].toUpperCase()}</span>
        <div>
          <h2>${block}</h2>
          <p>${notices[link] ?? channelNames[saved.channel]}</p>
        </div>
        <time class=${aheadMs > 0 ? 'moved' : ''}>${clockTime(Date.now() + aheadMs)}</time>
      </header>
      <div class="chat" ref=${log} role="log" aria-live="polite" aria-label="Conversation" tabindex="0">
        ${description && html`<p class="note about">${description}</p>`}
        ${rows.map(row => html`<${Row} key=${row.key} row=${row} onTap=${id => act('tap', { id })} />`)}
        ${isAwaited && html`<p class="note time">A late reply is on its way</p>`}
        ${isTyping && html`<p class="typing" role="status"><span class="unseen">${block} is typing</span><i /><i /><i /></p>`}
      </div>
      ${
        saved.quickReplies.length > 0 &&
        html`
          <div class="quick" role="group" aria-label="Quick replies">
            ${saved.quickReplies.map(
              ({ id, caption }) => html`<button key=${id} onClick=${() => tapReply(id)}>${caption}</button>`,
            )}
          </div>
        `
      }
      <div ref=${composer}>
        <${Composer} onSay=${text => act('say', { text })} isHeard=${listenUntil !== null} />
      </div>
    </section>
  `

  /** The tapped element disappears, so move the focus, which would be lost with it. */
  function tapReply(id) {
    act('tap', { id })
    composer.current?.querySelector('input')?.focus()
  }
}

function Row({ row, onTap }) {
  if (row.kind === 'bubble') return html`<${Bubble} bubble=${row.bubble} onTap=${onTap} />`
  return html`
    <p class=${`note ${row.tone}`}>
      ${row.text}${row.href && html` <a href=${row.href} target="_blank" rel="noreferrer noopener">Open</a>`}
    </p>
  `
}

function Composer({ onSay, isHeard }) {
  const [text, setText] = useState('')
  return html`
    <form class="composer" onSubmit=${send}>
      <label>
        <span class="unseen">Message</span>
        <input
          value=${text}
          autocomplete="off"
          placeholder=${isHeard ? 'Message' : 'Message (no step listens)'}
          onInput=${({ target }) => setText(target.value)}
        />
      </label>
      <button type="submit" aria-label="Send"><${Icon} name="send" /></button>
    </form>
  `

  function send(event) {
    event.preventDefault()
    if (text.trim() === '') return
    onSay(text)
    setText('')
  }
}
