import { html } from './html.js'
import { JsonView, showPlace } from './json-view.js'

const limitMs = 10_000
const purposes = { open: 'Dynamic Block', tap: 'Tap', message: 'Message' }

/** A request of ManyChat and its answer. */
export function Exchange({ entry, isLatest }) {
  const { request, response, purpose } = entry
  const path = request.url.replace(/^https?:\/\/[^/]+/, '')
  return html`
    <article class=${`exchange ${toneOf(response)}`}>
      <header>
        <span class="tag">${purposes[purpose]}</span>
        <h3><span class="method">POST</span> ${path}</h3>
        <span class="status">${statusOf(response)}</span>
      </header>
      <${Time} response=${response} />
      ${response?.why && html`<p class="why">${response.why}</p>`}
      <${Problems} ...${{ entry }} />
      <${Part} title="Request" name=${`q${entry.id}`} headers=${request.headers} body=${request.body} />
      ${
        response &&
        'body' in response.response &&
        html`
          <${Part}
            title="Answer"
            name=${`a${entry.id}`}
            headers=${response.response.headers}
            body=${response.response.body}
            problems=${response.problems}
            isOpen=${isLatest || response.problems.some(({ severity }) => severity === 'error')}
          />
        `
      }
    </article>
  `
}

/** The time taken, as a share of the time that ManyChat waits. */
function Time({ response }) {
  const ms = response?.response.ms
  const share = ms === undefined ? 100 : Math.min(100, (ms / limitMs) * 100)
  const tone = ms === undefined ? 'running' : ms >= limitMs ? 'bad' : ms >= limitMs / 2 ? 'warn' : 'good'
  return html`
    <div class="time">
      <div class="track"><div class=${tone} style=${{ width: `${Math.max(share, 0.6)}%` }} /></div>
      <span>${ms === undefined ? 'waiting…' : `${ms} ms of 10 s`}</span>
    </div>
  `
}

const severities = { error: 'Error', warning: 'Warning', repaired: 'Repaired' }

/** The problems, grouped by rule, with the places that break each. */
function Problems({ entry: { id, response } }) {
  // The reason why nothing is shown is already printed above.
  const problems = (response?.problems ?? []).filter(({ message }) => message !== response.why)
  if (problems.length === 0) return null
  const groups = Map.groupBy(problems, ({ rule, message }) => `${rule} ${message}`)
  return html`
    <ul class="problems">
      ${[...groups].map(([key, group]) => {
        const [{ rule, severity, message }] = group
        return html`
          <li key=${key} class=${severity}>
            <p><b>${severities[severity]}</b> <code>${rule}</code></p>
            <p>${message}</p>
            <${Data} ...${group[0]} />
            <${Places} places=${group} onShow=${path => showPlace(`a${id}`, response.response.body, path)} />
          </li>
        `
      })}
    </ul>
  `
}

/** What would have been right, and what came; the remedy ends the message. */
function Data({ expected, got }) {
  const parts = Object.entries({ Expected: expected, Got: got }).filter(([, value]) => value !== undefined)
  if (parts.length === 0) return null
  return html`
    <dl>${parts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  `
}

function Places({ places, onShow }) {
  const paths = places.flatMap(({ path }) => path || [])
  if (paths.length === 0) return null
  return html`
    <p class="places">
      ${paths.map(path => html`<button key=${path} class="pointer" onClick=${() => onShow(path)}>${path}</button>`)}
    </p>
  `
}

function Part({ title, name, headers, body, problems, isOpen }) {
  return html`
    <details open=${isOpen}>
      <summary>${title} <span>${body.length} characters</span></summary>
      <details class="headers">
        <summary>Headers</summary>
        <dl>
          ${Object.entries(headers).map(
            ([header, value]) => html`<div key=${header}><dt>${header}</dt><dd>${value}</dd></div>`,
          )}
        </dl>
      </details>
      <${JsonView} name=${name} text=${body} problems=${problems} />
    </details>
  `
}

function statusOf(response) {
  if (!response) return '…'
  const { status, failed } = response.response
  return status ?? failed
}

function toneOf(response) {
  if (!response) return 'running'
  if (response.outcome !== 'shown') return 'bad'
  return response.problems.some(({ severity }) => severity === 'error')
    ? 'bad'
    : response.problems.length > 0
      ? 'warn'
      : 'good'
}
