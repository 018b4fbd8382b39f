import { useState } from 'preact/hooks'
import { html } from './html.js'

const fields = [
  ['first_name', 'First name'],
  ['last_name', 'Last name'],
  ['language', 'Language'],
  ['phone', 'Phone'],
  ['email', 'Email'],
]

/** The contact: the fields that blocks use most, or everything as JSON. */
export function ContactPanel({ contact, onChange }) {
  const [isJson, setJson] = useState(false)
  return html`
    <section class="panel" aria-labelledby="contact">
      <header>
        <h2 id="contact">Contact</h2>
        <button class="quiet" aria-pressed=${isJson} onClick=${() => setJson(!isJson)}>JSON</button>
      </header>
      ${isJson ? html`<${Whole} ...${{ contact, onChange }} />` : html`<${Form} ...${{ contact, onChange }} />`}
    </section>
  `
}

function Form({ contact, onChange }) {
  return html`
    <div class="fieldset">
      ${fields.map(
        ([name, label]) => html`
          <label key=${name} class=${name === 'email' ? 'field wide' : 'field'}>
            <span>${label}</span>
            <input
              value=${contact[name] ?? ''}
              autocomplete="off"
              onChange=${({ target }) => onChange(JSON.stringify({ [name]: target.value || null }))}
            />
          </label>
        `,
      )}
    </div>
  `
}

function Whole({ contact, onChange }) {
  const [text, setText] = useState(() => JSON.stringify(contact, null, 2))
  return html`
    <form class="whole" onSubmit=${save}>
      <label>
        <span class="unseen">Full Contact Data</span>
        <textarea rows="14" spellcheck="false" value=${text} onInput=${({ target }) => setText(target.value)} />
      </label>
      <button type="submit">Apply</button>
    </form>
  `

  function save(event) {
    event.preventDefault()
    // The text as typed: ids keep every digit.
    onChange(text)
  }
}
