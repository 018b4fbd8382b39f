import htm from 'htm'
import { h } from 'preact'

/** Markup in template literals. */
export const html = htm.bind(h)
