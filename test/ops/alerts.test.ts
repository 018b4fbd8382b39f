/** Each alert, run by Prometheus's own tool on series on which it must fire, and on ones that look alike and must not. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { onPromtool } from '../needs.ts'

const rulesFile = fileURLToPath(new URL('../../docs/prometheus-alerts.yml', import.meta.url))
const rules: { alert: string; annotations: { summary: string } }[] = parse(readFileSync(rulesFile, 'utf8')).groups[0]
  .rules

interface Case {
  alert: string
  what: string
  /** Values a minute, in promtool's notation: `0+2x5` is 0, 2, … 10, and `_` is nothing. */
  series: Record<string, string>
  at: string
  /** The labels of what fires; null: nothing may. */
  fires: Record<string, string> | null
}

const one = `instance="one:3000",job="dynablock"`
const two = `instance="two:3000",job="dynablock"`
const calls = (outcome: string) => `dynablock_calls_total{block="size",outcome="${outcome}",${one}}`
const durations = (le: string) => `dynablock_call_duration_seconds_bucket{block="size",le="${le}",${one}}`
const allDurations = `dynablock_call_duration_seconds_count{block="size",${one}}`
const wrong = (route: string) => `dynablock_auth_failures_total{route="${route}",${one}}`
const refused = (code: string) => `dynablock_refusals_total{code="${code}",${one}}`
const outbound = (outcome: string) =>
  `dynablock_outbound_calls_total{service="manychat",operation="sending.sendContent",outcome="${outcome}",${one}}`
const ofOne = { instance: 'one:3000', job: 'dynablock' }
const none = null

const cases: Case[] = [
  ['Down', 'one of two ends', { [`up{${one}}`]: '1 0x9', [`up{${two}}`]: '1x10' }, '3m', ofOne],
  ['Down', 'a restart', { [`up{${one}}`]: '1 0 1x9' }, '3m', none],
  ['Down', 'another job', { 'up{instance="db",job="postgres"}': '0x10' }, '5m', none],
  ['Fallbacks', 'one in ten', { [calls('fallback')]: '0+1x20', [calls('ok')]: '0+9x20' }, '15m', { block: 'size' }],
  ['Fallbacks', 'one in a hundred', { [calls('fallback')]: '0+1x20', [calls('ok')]: '0+99x20' }, '15m', none],
  ['Fallbacks', 'late replies', { [calls('late')]: '0+9x20', [calls('fallback')]: '5x20' }, '15m', none],
  ['NearlyTooLate', 'one in a hundred', { [durations('9')]: '0+99x20', [allDurations]: '0+100x20' }, '15m', {}],
  ['NearlyTooLate', 'all in time', { [durations('9')]: '0+100x20', [allDurations]: '0+100x20' }, '15m', none],
  ['NearlyTooLate', 'no calls', { [durations('9')]: '7x20', [allDurations]: '9x20' }, '15m', none],
  ['Overloaded', 'for minutes', { [`dynablock_overloaded{${one}}`]: '1x9' }, '5m', { instance: 'one:3000' }],
  ['Overloaded', 'for a moment', { [`dynablock_overloaded{${one}}`]: '0 1 0x9' }, '3m', none],
  ['WrongSecret', 'each call', { [wrong('/blocks/:block')]: '0+2x30' }, '25m', {}],
  ['WrongSecret', 'now and then', { [wrong('/blocks/:block')]: '0 1x15 2x15' }, '25m', none],
  ['WrongSecret', 'elsewhere', { [wrong('/sends')]: '0+9x30' }, '25m', none],
  ['CallsRefused', 'each call', { [refused('DYN_CONTACT_MISSING')]: '0+2x30' }, '25m', { code: 'DYN_CONTACT_MISSING' }],
  ['CallsRefused', 'scanners', { [refused('DYN_ROUTE_UNKNOWN')]: '0+99x30' }, '25m', none],
  ['CallsRefused', 'an old button', { [refused('DYN_SEAL_REFUSED')]: '0 1x30' }, '15m', none],
  ['SendsDead', 'the first ever', { [`dynablock_sends_newest_dead_seconds{${one}}`]: '_x5 0+60x30' }, '6m', {}],
  [
    'SendsDead',
    'one more, of which only one server can tell',
    {
      [`dynablock_sends_newest_dead_seconds{${one}}`]: '90000+60x5 10+60x9',
      'dynablock_store_up{instance="two"}': '0x9',
    },
    '7m',
    {},
  ],
  ['SendsDead', 'long ago', { [`dynablock_sends_newest_dead_seconds{${one}}`]: '900+60x9' }, '5m', none],
  ['SendsDead', 'after a start', { [`dynablock_sends_newest_dead_seconds{${one}}`]: '_x9 90000+60x9' }, '12m', none],
  ['SendsDead', 'none', { [`dynablock_store_up{${one}}`]: '1x9' }, '5m', none],
  ['SendsWait', 'a retry', { [`dynablock_sends_oldest_waiting_seconds{${one}}`]: '0+60x30' }, '15m', {}],
  ['SendsWait', 'a broadcast', { [`dynablock_sends_oldest_waiting_seconds{${one}}`]: '0+60x4 0x9' }, '12m', none],
  ['SendsWait', 'none', { [`dynablock_sends_oldest_waiting_seconds{${one}}`]: '0x30' }, '15m', none],
  [
    'OutcomesWait',
    'a receiver is down',
    { [`dynablock_outcomes_oldest_waiting_seconds{${one}}`]: '0+60x30' },
    '15m',
    {},
  ],
  ['OutcomesWait', 'sends wait', { [`dynablock_sends_oldest_waiting_seconds{${one}}`]: '0+60x30' }, '15m', none],
  ['SendsWait', 'outcomes wait', { [`dynablock_outcomes_oldest_waiting_seconds{${one}}`]: '0+60x30' }, '15m', none],
  [
    'StoreAway',
    'one of two is cut off',
    { [`dynablock_store_up{${one}}`]: '1 0x9', [`dynablock_store_up{${two}}`]: '1x10' },
    '5m',
    { instance: 'one:3000' },
  ],
  ['StoreAway', 'a failover', { [`dynablock_store_up{${one}}`]: '1 0 1x9' }, '3m', none],
  [
    'PagePaused',
    'by one of two',
    { [`dynablock_pages_paused{${one}}`]: '0 1x9', [`dynablock_pages_paused{${two}}`]: '0x10' },
    '3m',
    {},
  ],
  ['PagePaused', 'no page', { [`dynablock_pages_paused{${one}}`]: '0x9' }, '3m', none],
  [
    'KeyRefused',
    'the first time',
    { [outbound('DYN_MANYCHAT_KEY')]: '_x20 1x9', [outbound('ok')]: '0+9x30' },
    '22m',
    { service: 'manychat', outcome: 'DYN_MANYCHAT_KEY' },
  ],
  [
    'KeyRefused',
    'again',
    { [outbound('DYN_MANYCHAT_KEY')]: '1x20 2x9' },
    '22m',
    { service: 'manychat', outcome: 'DYN_MANYCHAT_KEY' },
  ],
  ['KeyRefused', 'long ago', { [outbound('DYN_MANYCHAT_KEY')]: '1x60' }, '50m', none],
  ['KeyRefused', 'after a gap', { [outbound('DYN_MANYCHAT_KEY')]: '1x20 _x30 1x10' }, '58m', none],
  ['KeyRefused', 'another failure', { [outbound('DYN_CALL_LIMITED')]: '0+9x30' }, '22m', none],
  [
    'LoopLate',
    'for long',
    { [`nodejs_eventloop_lag_p99_seconds{${one}}`]: '0.5x20', [`dynablock_build_info{version="1",${one}}`]: '1x20' },
    '15m',
    ofOne,
  ],
  [
    'LoopLate',
    'once',
    {
      [`nodejs_eventloop_lag_p99_seconds{${one}}`]: '0 0.5 0x20',
      [`dynablock_build_info{version="1",${one}}`]: '1x20',
    },
    '15m',
    none,
  ],
  ['LoopLate', 'another program', { 'nodejs_eventloop_lag_p99_seconds{instance="x"}': '0.5x20' }, '15m', none],
].map(([name, what, series, at, fires]) => ({ alert: `Dynablock${name}`, what, series, at, fires }) as Case)

function toPromtool({ alert, series, at, fires }: Case): object {
  const summary = rules.find(rule => rule.alert === alert)?.annotations.summary ?? ''
  const labels = fires ?? {}
  const told = summary.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, name) => labels[name] ?? '')
  return {
    interval: '1m',
    input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
    alert_rule_test: [
      {
        eval_time: at,
        alertname: alert,
        exp_alerts: fires ? [{ exp_labels: labels, exp_annotations: { summary: told } }] : [],
      },
    ],
  }
}

t.test('each alert has series on which it fires, and some on which it does not', async t => {
  for (const { alert } of rules) {
    const ofIt = cases.filter(one => one.alert === alert)
    t.ok(ofIt.some(({ fires }) => fires) && ofIt.some(({ fires }) => !fires), alert)
  }
})

t.test('Prometheus loads the alerts, and they fire when they must', onPromtool, async t => {
  const dir = t.testdir()
  const promtool = (...args: string[]) =>
    promisify(execFile)('promtool', args).then(
      () => '',
      ({ stdout, stderr }) => `${stdout}${stderr}`,
    )
  t.equal(await promtool('check', 'rules', rulesFile), '')
  await Promise.all(
    cases.map(async (one, index) => {
      const file = join(dir, `${index}.json`)
      writeFileSync(file, JSON.stringify({ rule_files: [rulesFile], tests: [toPromtool(one)] }))
      t.equal(
        await promtool('test', 'rules', file),
        '',
        `${one.alert} ${one.fires ? 'fires' : 'is silent'}: ${one.what}`,
      )
    }),
  )
})
