import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { loadConfig } from '../../src/settings/config.ts'
import { Settings } from '../../src/settings/settings.ts'
import { good, production as required } from '../production.ts'

const dockerfile = readFileSync('Dockerfile', 'utf8')
const production = { ...required, API_TOKENS: `${good}2` }

t.test('D1: the container may do next to nothing', async t => {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'))
  t.match(services.dynablock, {
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    tmpfs: ['/tmp'],
    volumes: [/:ro$/, 'data:/data'],
    environment: { METRICS_PORT: 9464 },
    ports: [/:3000$/],
  })
  t.equal(services.dynablock.ports.length, 1, 'metrics are for the inside')
  t.match(dockerfile, /^USER node$/m)
  t.match(dockerfile, /^ {4}METRICS_PORT=9464 /m)
  t.match(readFileSync('.ci/run', 'utf8'), /bash \.ci\/container/, 'and is run so')
})

t.test('D2: production does not start with secrets that are none', async t => {
  t.equal(loadConfig(production).dev, false)
  const example = Object.fromEntries(
    [...readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  )
  for (const [name, value] of [
    ['WEBHOOK_SECRETS', ''],
    ['STATE_KEYS', ''],
    ['WEBHOOK_SECRETS', good.slice(0, 31)],
    ['STATE_KEYS', `${good}1,short`],
    ['API_TOKENS', 'x'.repeat(64)],
    ['WEBHOOK_SECRETS', example.WEBHOOK_SECRETS],
    ['STATE_KEYS', example.STATE_KEYS],
    ['API_TOKENS', example.API_TOKENS],
    ['STATE_KEYS', good],
    ['API_TOKENS', good],
    ['API_TOKENS', `${good}1`],
    ['PUBLIC_URL', ''],
    ['PUBLIC_URL', 'http://b.test'],
    ['PUBLIC_URL', 'http://localhost:3000'],
  ] as [string, string][]) {
    const refused = t.throws(() => loadConfig({ ...production, [name]: value }), { code: 'DYN_SETTINGS_REFUSED' })
    t.match((refused as Error).message, `- ${name}: `, `${name}=${value}`)
  }
})

t.test('D3: no secret gets into the image', async t => {
  const [first, ...allowed] = readFileSync('.dockerignore', 'utf8').trim().split('\n')
  t.equal(first, '*', 'nothing is copied but what is listed')
  for (const line of allowed)
    t.match(line, /^!(\.npmrc|LICENSE|examples|package-lock\.json|package\.json|src|start\.js)$|^src\/dev$/)
  t.ok(allowed.indexOf('src/dev') > allowed.indexOf('!src'), 'what only development needs is left out')
  const secrets = Object.entries(Settings.properties).flatMap(([name, { secret }]) => (secret ? [name] : []))
  t.ok(secrets.length > 5)
  for (const name of secrets) t.notMatch(dockerfile, new RegExp(`\\b${name}\\b`))
  t.notMatch(dockerfile, /^ARG/m)
  t.notMatch(readFileSync('.npmrc', 'utf8'), /token|auth|password/i)
})

t.test('D4: installing runs no code of a package, and each has its hash', async t => {
  t.match(readFileSync('.npmrc', 'utf8'), /^ignore-scripts=true$/m)
  t.match(dockerfile, /^COPY package\.json package-lock\.json \.npmrc /m)
  t.match(dockerfile, /^RUN npm ci /m)
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { integrity?: string; link?: boolean; inBundle?: boolean }>
  }
  const unpinned = Object.entries(packages).filter(
    ([path, { integrity, inBundle }]) => path !== '' && !inBundle && !/^sha512-/.test(integrity ?? ''),
  )
  t.same(unpinned, [])
  t.ok(Object.keys(packages).length > 100)
})
