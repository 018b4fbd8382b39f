import { html } from './html.js'

const paths = {
  send: 'M4 12l16-8-5 16-3.500-6.500z',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9.500h.01',
  video: 'M4 6h16v12H4zM10.500 9.500v5l4-2.500z',
  audio: 'M5 10v4M9 7v10M13 4v16M17 8v8M21 11v2',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
  link: 'M10 14l9-9M13 5h6v6M18 14v5H5V6h5',
  phone:
    'M6 3h4l1.500 5-2.500 1.500a11 11 0 0 0 5 5l1.500-2.500 5 1.500v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z',
  flow: 'M6 4v6a4 4 0 0 0 4 4h8M14 10l4 4-4 4',
  buy: 'M4 5h2l2 10h10l2-7H7M9 19.500h.01M17 19.500h.01',
  again: 'M20 11a8 8 0 1 0-2.300 6M20 5v6h-6',
  save: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  load: 'M12 16V5M7 9l5-5 5 5M5 20h14',
  replay: 'M6 4l13 8-13 8z',
}

/** A decorative drawing beside text, hidden from screen readers. */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${paths[name]} /></svg>`
}
