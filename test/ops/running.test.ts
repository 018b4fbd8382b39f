/** The dashboard, the alerts and docs/running.md agree with the server. */
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { errorTable } from '../../src/errors/error-table.ts'
import { kinds, outcomes } from '../../src/webhook/report.ts'
import { build, metricsOf } from '../helper.ts'
import { allMetrics } from './metrics-of.ts'

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
const rows = allMetrics()
/** Labels that Prometheus adds. */
const added = ['job', 'instance', 'le']

interface Panel {
  id: number
  type: string
  title: string
  gridPos: { h: number; w: number; x: number; y: number }
  datasource?: { uid: string }
  targets?: { refId: string; expr: string; legendFormat: string }[]
}
const dashboard: { panels: Panel[]; [key: string]: unknown } = JSON.parse(read('grafana-dashboard.json'))
const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
const alerts = [...read('prometheus-alerts.yml').matchAll(/- alert: (\w+)\n {8}expr: (.+)\n/g)]

/** Asserts that the server has the metrics, labels and codes in an expression. */
function assertKnown(t: Test, expression: string, scraped: string): void {
  const names = [...expression.matchAll(/\b((?:dynablock|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)]
  t.ok(names.length > 0, expression)
  for (const [, name = '', matchers = ''] of names) {
    const family = name.replace(/_(?:bucket|sum|count)$/, '')
    const known = [name, family].find(name => scraped.includes(`# TYPE ${name} `))
    t.ok(known, `${name} is a metric`)
    const row = rows.find(row => row.name === known)
    for (const [, label = ''] of matchers.matchAll(/(\w+)[=!]/g))
      t.ok([...(row?.labelNames ?? []), ...added].includes(label), `${name} has ${label}`)
  }
  for (const [code] of expression.matchAll(/DYN_\w+/g)) t.ok(code in errorTable, code)
  const labels = rows.flatMap(({ labelNames }) => labelNames)
  for (const [, list = ''] of expression.matchAll(/\bby \(([^)]+)\)/g))
    for (const label of list.split(/, */)) t.ok([...labels, ...added].includes(label), `by ${label}`)
}

t.test('the dashboard asks for what there is', async t => {
  const body = await metricsOf(build(t).app)
  t.ok(expressions.length > 15)
  for (const expression of expressions) assertKnown(t, expression, body)
  const shown = expressions.join('\n')
  for (const { name } of rows) if (!/slots|leases/.test(name)) t.ok(shown.includes(name), `${name} is shown`)
})

t.test('the dashboard has the shape that Grafana loads', async t => {
  t.match(dashboard, {
    title: 'dynablock',
    uid: 'dynablock',
    schemaVersion: 39,
    templating: { list: [{ name: 'datasource' }, { name: 'job' }] },
  })
  t.notOk('id' in dashboard, 'it is given one when it is imported')
  const { panels } = dashboard
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  const taken = new Set<string>()
  for (const { type, title, gridPos, datasource, targets = [] } of panels) {
    t.match(type, /^(row|timeseries|stat)$/, title)
    t.ok(gridPos.x >= 0 && gridPos.x + gridPos.w <= 24, title)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        if (taken.has(`${x} ${y}`)) t.fail(`${title} lies on another panel`)
        taken.add(`${x} ${y}`)
      }
    }
    if (type === 'row') continue
    t.match(datasource?.uid, /^\$\{datasource\}$/, title)
    t.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length)
  }
})

t.test('the alerts ask for what there is, and each has a remedy', async t => {
  const body = await metricsOf(build(t).app)
  t.ok(alerts.length > 8)
  t.equal(alerts.length, read('prometheus-alerts.yml').match(/- alert:/g)?.length)
  const page = read('running.md')
  for (const [, name = '', expression = ''] of alerts) {
    if (!expression.startsWith('up{')) assertKnown(t, expression, body)
    t.match(page, new RegExp(`^\\| .*\`${name}\`.* \\| .+ \\|$`, 'm'), name)
  }
})

t.test('docs/running.md lists every metric of ours with its labels, and no other', async t => {
  const section = read('running.md').split('## Metrics')[1]?.split('\n## ')[0] ?? ''
  const listed = [...section.matchAll(/^\| (`dynablock_[^|]+)\| ([^|]*)\|/gm)].flatMap(
    ([, names = '', labels = '']) =>
      names.match(/dynablock_\w+/g)?.map(name => [name, ...(labels.match(/\w+/g) ?? [])]) ?? [],
  )
  t.strictSame(listed.sort(), rows.map(({ name, labelNames }) => [name, ...labelNames]).sort())
  for (const word of [...kinds, ...outcomes]) t.match(section, `\`${word}\``)
})
