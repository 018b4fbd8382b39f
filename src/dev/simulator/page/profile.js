import { html } from './html.js'

/** The tags and fields that ManyChat stores for the contact. */
export function Profile({ tags, fields }) {
  const entries = Object.entries(fields).filter(([, value]) => value !== null)
  return html`
    <section class="panel" aria-labelledby="profile">
      <h2 id="profile">Tags and fields</h2>
      ${
        tags.length > 0
          ? html`<ul class="chips">${tags.map(tag => html`<li key=${tag}>${tag}</li>`)}</ul>`
          : html`<p class="hint">No tags</p>`
      }
      ${
        entries.length > 0
          ? html`
              <dl class="fields">
                ${entries.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${String(value)}</dd></div>`)}
              </dl>
            `
          : html`<p class="hint">No fields</p>`
      }
    </section>
  `
}
