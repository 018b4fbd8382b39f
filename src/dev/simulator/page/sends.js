import { html } from './html.js'
import { exactTime } from './time.js'

const words = { waiting: 'Waits', running: 'Under way', done: 'Arrived', dead: 'Given up', cancelled: 'Cancelled' }

/** Queued sends for this contact, late replies, and the runs of the handlers that make them. */
export function Sends({ sends }) {
  if (sends.length === 0) return null
  return html`
    <section class="sends" aria-labelledby="sends">
      <h2 id="sends">Sends</h2>
      <ol aria-live="polite">
        ${sends.map(
          ({ id, kind, state, operation, late_reply, attempts, last_error, not_before }) => html`
            <li key=${id} class=${state}>
              <span class="state">${kind === 'run' && state === 'done' ? 'Finished' : words[state]}</span>
              <div>
                <p><b>${kind === 'run' ? 'Handler' : late_reply ? 'Late reply' : operation}</b> <span>no. ${id}</span></p>
                <p>${detail({ state, attempts, not_before })}</p>
                ${last_error && html`<p class="error"><code>${last_error.code}</code> ${last_error.message}</p>`}
              </div>
            </li>
          `,
        )}
      </ol>
    </section>
  `
}

function detail({ state, attempts, not_before }) {
  const tries = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`
  const next = Date.parse(not_before)
  return state === 'waiting' && next > Date.now() ? `${tries}, again at ${exactTime(next)}` : tries
}
