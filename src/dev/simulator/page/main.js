import { render } from 'preact'
import { App } from './app.js'
import { html } from './html.js'

// The server has answered with the token as a cookie, so that it needn't stay in the address.
history.replaceState(null, '', `${location.pathname}${location.hash}`)

const root = document.getElementById('app')
if (root) {
  root.textContent = ''
  render(html`<${App} />`, root)
}
