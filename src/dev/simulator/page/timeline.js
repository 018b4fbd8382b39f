import { entriesOf } from './entries.js'
import { Exchange } from './exchange.js'
import { html } from './html.js'
import { JsonView } from './json-view.js'
import { clockTime, duration, exactTime } from './time.js'

const sources = { content: 'Actions of the answer', button: 'Actions of the button', api: 'From the API' }

/** Everything on the wire, latest first. */
export function Timeline({ state }) {
  const entries = entriesOf(state)
  const latest = entries.find(({ kind }) => kind === 'exchange')
  return html`
    <section class="timeline" aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <p class="hint">ManyChat’s requests to the server and their answers, latest first.</p>
      <ol>
        ${entries.map(
          entry => html`
            <li key=${entry.key} class=${`entry-${entry.kind}`}>
              <time>${exactTime(entry.at)}</time>
              <${Entry} entry=${entry} isLatest=${entry === latest} />
            </li>
          `,
        )}
      </ol>
    </section>
  `
}

function Entry({ entry, isLatest }) {
  switch (entry.kind) {
    case 'exchange':
      return html`<${Exchange} entry=${entry} isLatest=${isLatest} />`
    case 'changes':
      return html`<${Changes} ...${entry} />`
    case 'call':
      return html`<${Call} ...${entry} name=${entry.key} />`
    case 'delivery':
      return html`<${Delivery} ...${entry} />`
    default:
      return html`<p>${describe(entry)}</p>`
  }
}

function describe(entry) {
  switch (entry.kind) {
    case 'said':
      return html`Wrote <q>${entry.text}</q>`
    case 'tapped':
      return html`Tapped ${entry.place === 'button' ? 'the button' : 'the quick reply'} <b>${entry.caption}</b>`
    case 'listening':
      return html`ManyChat ${entry.replaced ? 'now ' : ''}passes on the next message, until ${clockTime(entry.until)}`
    case 'unheard':
      return entry.why === 'expired'
        ? 'The listener had expired: the message was not passed on'
        : 'No step listened to the message'
    case 'followed':
      return html`ManyChat followed a <b>${entry.type}</b> to <span class="target">${entry.target}</span>`
    default:
      return html`The clock moved <b>${duration(entry.ms)}</b> on`
  }
}

function Changes({ by, changes }) {
  return html`
    <div class="changes">
      <p>${sources[by]}</p>
      <ul>
        ${changes.map(event => html`<li key=${event.id} class=${isGone(event) ? 'gone' : 'new'}>${labelOf(event)}</li>`)}
      </ul>
    </div>
  `
}

function isGone({ change, value }) {
  return change === 'removed' || value === null
}

function labelOf(event) {
  const sign = isGone(event) ? '−' : '+'
  if (event.kind === 'tag') return `${sign} tag ${event.name}`
  return event.value === null ? `${sign} ${event.name}` : `${event.name} = ${event.value}`
}

/** A call of ManyChat's API, made by a block or a send. */
function Call({ operation, status, params, answer, ms, name }) {
  const isGood = status === 200
  return html`
    <article class=${`exchange call ${isGood ? 'good' : 'bad'}`}>
      <header>
        <span class="tag">API</span>
        <h3>${operation}</h3>
        <span class="status">${status}</span>
      </header>
      <details>
        <summary>Parameters <span>${ms} ms</span></summary>
        <${JsonView} name=${`p${name}`} text=${JSON.stringify(params)} />
      </details>
      <details open=${!isGood}>
        <summary>Answer</summary>
        <${JsonView} name=${`r${name}`} text=${answer} />
      </details>
    </article>
  `
}

function Delivery({ via, accepted, code, why }) {
  if (accepted) return html`<p>Delivered to the phone through <b>${via}</b></p>`
  return html`<p class="refused"><b>Refused${code === null ? '' : ` with code ${code}`}</b>: ${why}</p>`
}
