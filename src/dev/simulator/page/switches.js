import { html } from './html.js'
import { duration } from './time.js'

const latencies = [
  [0, 'Fast'],
  [3000, 'Slow: 3 s'],
  [11_000, 'Broken: too late'],
]
const faults = [
  ['none', 'Works'],
  ['limited', 'Limit reached (429)'],
  ['window', '24 hours over (3011)'],
  ['uninstalled', 'App uninstalled (500)'],
  ['html', 'HTML from a proxy'],
  ['slow', 'Slow: 4 s'],
  ['silent', 'No answer'],
]
const minute = 60_000

/** Switches for latency, faults and the clock. */
export function Switches({ setup, state, act }) {
  const { latencyMs, fault, aheadMs } = state
  return html`
    <section class="panel" aria-labelledby="switches">
      <h2 id="switches">Conditions</h2>
      <label class="field">
        <span>Network to this server</span>
        <select
          value=${String(latencyMs)}
          onChange=${({ target }) => act('switches', { latencyMs: Number(target.value) })}
        >
          ${latencies.map(([ms, label]) => html`<option key=${ms} value=${String(ms)}>${label}</option>`)}
        </select>
      </label>
      <label class="field">
        <span>ManyChat’s API</span>
        <select
          value=${fault}
          disabled=${!setup.isApiPlayed}
          onChange=${({ target }) => act('switches', { fault: target.value })}
        >
          ${faults.map(([name, label]) => html`<option key=${name} value=${name}>${label}</option>`)}
        </select>
      </label>
      ${!setup.isApiPlayed && html`<p class="hint">A key is set, so calls go to ManyChat’s own API.</p>`}
      <fieldset>
        <legend>Clock</legend>
        <div class="row">
          <button onClick=${() => act('clock', { forwardMs: 5 * minute })}>+ 5 min</button>
          <button onClick=${() => act('clock', { forwardMs: 25 * 60 * minute })}>+ 25 h</button>
        </div>
        <p class="hint" role="status">
          ${aheadMs > 0 ? `${duration(aheadMs)} ahead` : 'Listeners, buttons and the 24 hours expire as it moves.'}
        </p>
      </fieldset>
      <fieldset>
        <legend>Server</legend>
        <button class="danger" disabled=${setup.restart !== null} onClick=${() => act('restart')}>Crash and restart</button>
        <p class="hint">${setup.restart ?? 'Late replies continue 30 to 40 s later.'}</p>
      </fieldset>
    </section>
  `
}
