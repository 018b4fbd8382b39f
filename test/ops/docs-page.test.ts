import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import t from 'tap'
import size from '../../examples/blocks/size.ts'
import { build } from '../helper.ts'
import { browserPath, onBrowser } from '../needs.ts'

t.test('in a browser the page shows every part of the API, and asks nobody else', onBrowser, async t => {
  const { app } = build(t, { config: { docs: true }, blocks: { size } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update']
  const browser = await chromium.launch({ ...(browserPath && { executablePath: browserPath }), args })
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', request => asked.push(request.url()))
  page.on('pageerror', error => complaints.push(error.message))
  page.on('console', message => {
    if (/security policy|blocked|refused/i.test(message.text())) complaints.push(message.text())
  })
  await page.goto(`${origin}/docs`)
  await page.getByText('A Dynamic Block opens a block').first().waitFor()
  await page.getByRole('button', { name: 'Open Group - sends' }).click()
  await page.getByText('Takes an outbound call that must not be lost').first().waitFor()
  for (const url of asked) t.ok(/^(data|blob):/.test(url) || url.startsWith(`${origin}/`), url)
  t.same(complaints, [])
  for (const name of [/Ask AI/, /MCP/, /Share/, /Deploy/, /Developer Tools/]) {
    t.equal(await page.getByRole('button', { name }).or(page.getByRole('link', { name })).count(), 0, `no ${name}`)
  }
})
