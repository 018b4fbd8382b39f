import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import t from 'tap'
import { loadConfig } from '../../src/settings/config.ts'
import { Settings } from '../../src/settings/settings.ts'
import { refused } from './refused-settings.ts'

t.test('.env.example and the settings agree', async t => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
  const example = parseEnv(text)
  const listed = text.match(/(?<=^#?)[A-Z_]+(?==)/gm)
  t.same(listed?.sort(), Object.keys(Settings.properties).sort())
  for (const [name, { default: value, secret }] of Object.entries(Settings.properties)) {
    if (value !== undefined && String(value) !== '' && !secret) t.equal(example[name], String(value), name)
  }
  t.equal(loadConfig({ NODE_ENV: 'development', ...example }).dev, true, 'npm start runs with a copy of it')
  t.notOk('NODE_ENV' in example || 'HOST' in example, 'a copy of it makes no server a development server')
  refused(t, { ...example, NODE_ENV: 'production' }, [
    /PUBLIC_URL: .* got nothing/,
    /WEBHOOK_SECRETS: .* got nothing/,
    /STATE_KEYS: .* got nothing/,
  ])
  const uncommented = parseEnv(text.replace(/^#(?=[A-Z_]+=)/gm, ''))
  refused(t, { ...uncommented, NODE_ENV: 'production' }, [
    /OUTCOME_SECRET: expected whsec_ .* got an entry in another form/,
    /RECORD_DIR: expected no value in production, got a folder/,
    /WEBHOOK_SECRETS: .* got the one from the example/,
    /STATE_KEYS: .* got the one from the example/,
    /API_TOKENS: .* got the one from the example/,
    /APP_INSTALL_SECRETS: .* got the one from the example/,
  ])
})
