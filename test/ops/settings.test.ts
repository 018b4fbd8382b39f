import t from 'tap'
import { loadConfig } from '../../src/settings/config.ts'
import { development } from '../production.ts'

t.test('METRICS_PORT is a port of its own', async t => {
  t.equal(loadConfig(development).metricsPort, undefined)
  t.equal(loadConfig({ ...development, METRICS_PORT: '9464' }).metricsPort, 9464)
  t.equal(loadConfig({ ...development, METRICS_PORT: '0', PORT: '0' }).metricsPort, 0, 'whichever is free')
  for (const [port, words] of [
    [
      'on',
      'METRICS_PORT: expected a whole number from 0 to 65535, got "on". Set a port of its own, or leave it unset.',
    ],
    [
      '3000',
      'METRICS_PORT: expected a port of its own, got the value of PORT. Set a port of its own, or leave it unset.',
    ],
  ] as const) {
    t.throws(() => loadConfig({ ...development, METRICS_PORT: port }), { code: 'DYN_SETTINGS_REFUSED', message: words })
  }
})
