import { html } from './html.js'
import { duration } from './time.js'

/** The results of a replay. */
export function ReplayPanel({ steps, onClose }) {
  const changed = steps.filter(step => step.changed)
  const verdict =
    changed.length === 0
      ? 'Every answer is the same.'
      : `${changed.length} of ${steps.length} answers ${changed.length === 1 ? 'differs' : 'differ'}.`
  return html`
    <section class="replayed" aria-labelledby="replayed">
      <header>
        <h2 id="replayed">Replay</h2>
        <button class="quiet" onClick=${onClose}>Close</button>
      </header>
      <p class=${changed.length === 0 ? 'verdict good' : 'verdict bad'} role="status">${verdict}</p>
      <ol>
        ${steps.map(
          ({ step, changed, diff }, index) => html`
            <li key=${index} class=${changed ? 'changed' : 'same'}>
              <p><b>${labelOf(step)}</b> <span>${changed ? 'differs' : 'same'}</span></p>
              ${changed && html`<${Diff} lines=${diff} />`}
            </li>
          `,
        )}
      </ol>
    </section>
  `
}

const nearLines = 3

/** The lines that differ, with some context. */
function Diff({ lines }) {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - nearLines), index + nearLines + 1).some(({ sign }) => sign !== ' '),
  )
  return html`
    <div class="json diff" tabindex="0" role="region" aria-label="Differences">
      ${lines.map(({ sign, text }, index) => {
        if (!near[index]) return near[index - 1] ? html`<div key=${index} class="line gap">…</div>` : null
        const tone = sign === '-' ? 'gone' : sign === '+' ? 'new' : ''
        return html`<div key=${index} class=${`line ${tone}`}><span class="sign">${sign}</span>${text}</div>`
      })}
    </div>
  `
}

function labelOf(step) {
  if (step.do === 'open') return 'Open'
  if (step.do === 'tap') return `Tap “${step.caption}”`
  return step.do === 'say' ? `Say “${step.text}”` : `${duration(step.ms)} later`
}
