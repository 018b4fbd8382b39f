import { useRef } from 'preact/hooks'
import { channelNames } from './channel-names.js'
import { html } from './html.js'
import { Icon } from './icons.js'

/** Selects the block and the channel, and acts on the whole conversation. */
export function TopBar({ setup, choice, state, onChoose, onAgain, onReplay }) {
  const file = useRef(/** @type {HTMLInputElement | null} */ (null))
  const description = setup.blocks.find(({ name }) => name === choice.block)?.description
  return html`
    <header class="bar">
      <h1><img src="/simulator/assets/icon.svg" alt="" />dynablock <span>simulator</span></h1>
      <label class="pick">
        <span>Block</span>
        <select
          value=${choice.block}
          title=${description}
          onChange=${({ target }) => onChoose({ ...choice, block: target.value })}
        >
          ${setup.blocks.map(({ name }) => html`<option key=${name} value=${name}>${name}</option>`)}
        </select>
      </label>
      <fieldset class="channels">
        <legend class="unseen">Channel</legend>
        ${Object.entries(channelNames).map(
          ([name, label]) => html`
            <label key=${name}>
              <input
                type="radio"
                name="channel"
                value=${name}
                checked=${choice.channel === name}
                onChange=${() => onChoose({ ...choice, channel: name })}
              />
              <span>${label}</span>
            </label>
          `,
        )}
      </fieldset>
      <div class="tools">
        <button onClick=${onAgain}><${Icon} name="again" />Start again</button>
        <button onClick=${() => onReplay()} title="Repeats the conversation and compares the answers">
          <${Icon} name="replay" />Replay
        </button>
        <a
          class="button"
          href=${`/simulator/conversations/${state.id}/recording`}
          download=${`${choice.block}.${choice.channel}.json`}
        ><${Icon} name="save" />Save</a>
        <button onClick=${() => file.current?.click()}><${Icon} name="load" />Load</button>
        <input
          ref=${file}
          hidden
          type="file"
          accept="application/json,.json"
          aria-label="A saved conversation"
          onChange=${load}
        />
      </div>
    </header>
  `

  async function load({ target }) {
    const [chosen] = target.files
    if (chosen) onReplay(await chosen.text())
    // Allows the same file to be chosen again.
    target.value = ''
  }
}
