/** A secret that production accepts. */
export const good = 'f3a9c1d27b604e58a1c2d3e4f5061728394a5b6c7d8e9f00'

/** The settings that production needs at least. */
export const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://b.test',
  WEBHOOK_SECRETS: good,
  STATE_KEYS: `${good}1`,
}

/** Development, where no other setting is needed. */
export const development = { NODE_ENV: 'development' }
