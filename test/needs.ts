/** Test options for requirements besides Node: they skip a test where its requirement is missing. */
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'

/** Chromium on Debian and other systems, or Chrome. */
export const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

export const onBrowser = { skip: browserPath ? false : 'Chromium is missing' }

/** The proxy of the tests of strangers. */
export const nginxPath = ['/usr/sbin/nginx', '/usr/bin/nginx'].find(existsSync)

export const onNginx = { skip: nginxPath ? false : 'nginx is missing' }

export const onPostgres = { skip: (await isOpen(5432)) ? false : 'PostgreSQL does not answer at 127.0.0.1:5432' }

/** Prometheus's own tool, which runs its rules on series that a test makes up. */
export const onPromtool = { skip: existsSync('/usr/bin/promtool') ? false : 'promtool is missing' }

/** `npm test` runs this file last, to say which tests it skipped. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const needs = [onBrowser, onNginx, onPostgres, onPromtool]
  for (const { skip } of needs) if (skip) console.log(`Tests were left out: ${skip}.`)
}

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket
      .once('error', () => resolve(false))
      .once('connect', () => {
        socket.destroy()
        resolve(true)
      })
  })
}
