import { html } from './html.js'
import { Icon } from './icons.js'

const iconOf = { url: 'link', call: 'phone', flow: 'flow', node: 'flow', buy: 'buy' }
const nameOf = { image: 'Image', video: 'Video', audio: 'Audio', file: 'File' }

/** A message of the contact or the block. */
export function Bubble({ bubble: { from, late, message }, onTap }) {
  return html`
    <div class=${`bubble ${from} ${message.type}`}>
      ${from === 'contact' && html`<span class="unseen">You: </span>`}
      ${late && html`<p class="mark">Delivered later</p>`}
      <${Body} message=${message} onTap=${onTap} />
      ${message.cut && html`<p class="mark">Cut by the channel</p>`}
    </div>
  `
}

function Body({ message, onTap }) {
  if (message.type === 'cards') return html`<${Cards} ...${message} onTap=${onTap} />`
  return html`
    ${message.type === 'text' ? html`<p class="text">${message.text}</p>` : html`<${Media} ...${message} />`}
    <${Buttons} buttons=${message.buttons} onTap=${onTap} />
  `
}

/** The page loads nothing from other hosts, so it shows the name of a picture. */
function Media({ type, url }) {
  return html`
    <p class=${`media ${type}`}>
      <${Icon} name=${type} />
      <span><b>${nameOf[type]}</b> ${fileName(url)}</span>
    </p>
  `
}

function Cards({ elements, image_aspect_ratio, onTap }) {
  return html`
    <ul class="cards" tabindex="0" aria-label=${`${elements.length} cards`} data-ratio=${image_aspect_ratio}>
      ${elements.map(
        ({ title, subtitle, image_url, action_url, buttons }, index) => html`
          <li key=${index}>
            ${image_url && html`<${Media} type="image" url=${image_url} />`}
            <div class="words">
              <h3>
                ${action_url ? html`<a href=${action_url} target="_blank" rel="noreferrer noopener">${title}</a>` : title}
              </h3>
              ${subtitle && html`<p>${subtitle}</p>`}
            </div>
            <${Buttons} buttons=${buttons} onTap=${onTap} />
          </li>
        `,
      )}
    </ul>
  `
}

function Buttons({ buttons, onTap }) {
  if (buttons.length === 0) return null
  return html`
    <div class="buttons">
      ${buttons.map(
        ({ id, caption, type }) => html`
          <button key=${id} onClick=${() => onTap(id)}>
            ${iconOf[type] && html`<${Icon} name=${iconOf[type]} />`}${caption}
          </button>
        `,
      )}
    </div>
  `
}

function fileName(url) {
  const { pathname, host } = URL.parse(url) ?? { pathname: url, host: '' }
  return pathname.split('/').findLast(part => part !== '') ?? host
}
