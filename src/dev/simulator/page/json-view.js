import { html } from './html.js'
import { jsonLines, nearest, unseal } from './json-lines.js'

/**
 * A pretty-printed body, with the places of problems marked.
 *
 * @param name prefix of the ids of its lines
 * @param problems `{ path, severity }`, with paths as JSON pointers into `content`
 */
export function JsonView({ name, text, problems = [] }) {
  const lines = jsonLines(text)
  if (!lines) return html`<pre class="json" tabindex="0">${text || 'empty'}</pre>`
  const marks = new Map(problems.map(({ path, severity }) => [placeOf(lines, path), severity]))
  return html`
    <div class="json" tabindex="0" role="region" aria-label="JSON">
      ${lines.map(({ depth, key, value, after, pointer }, index) => {
        const mark = pointer === undefined ? undefined : marks.get(pointer)
        return html`
          <div
            key=${index}
            id=${pointer === undefined ? undefined : lineId(name, pointer)}
            tabindex=${mark ? -1 : undefined}
            class=${`line ${mark ?? ''}`}
            style=${{ paddingInlineStart: `${depth * 1.1 + 0.75}rem` }}
          ><span class="key">${key}</span><${Value} value=${value} />${after}</div>
        `
      })}
    </div>
  `
}

function Value({ value }) {
  const sealed = unseal(value)
  if (sealed) return html`<span class="sealed" title=${value}>‹${sealed}›</span>`
  const kind = value.startsWith('"') ? 'string' : /^[{}[\]]/.test(value) ? '' : 'bare'
  return html`<span class=${kind}>${value}</span>`
}

function placeOf(lines, path) {
  return nearest(lines, `/content${path}`)
}

function lineId(name, pointer) {
  return `${name}${pointer}`
}

/** Scrolls to the place of a problem. */
export function showPlace(name, text, path) {
  const lines = jsonLines(text)
  const line = lines && document.getElementById(lineId(name, placeOf(lines, path)))
  for (let part = line?.closest('details'); part; part = part.parentElement?.closest('details')) part.open = true
  line?.scrollIntoView({ block: 'center' })
  line?.focus({ preventScroll: true })
}
