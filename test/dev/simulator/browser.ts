/** A real Chromium that opens the simulator of a real server, and tells of whatever it complains about. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'

/** Debian's, and what other systems have in its place. */
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Where `npm run docs:images` has the pictures of the docs written. */
const imagesDir = process.env.DOCS_IMAGES

export interface BrowserOptions {
  url: string
  width?: number
  height?: number
  colorScheme?: 'light' | 'dark'
}

export async function openBrowser(t: Test, { url, width = 1440, height = 900, colorScheme = 'light' }: BrowserOptions) {
  if (!executablePath) throw new Error('Expected Chromium, got none. Install it: apt-get install -y chromium')
  const profile = mkdtempSync(join(tmpdir(), 'dynablock-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    viewport: { width, height },
    colorScheme,
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  t.teardown(async () => {
    await context.close()
    // Its last processes may still write.
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  page.on('request', request => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`request to ${request.url()}`)
  })
  await page.goto(url)
  await page.getByRole('log').waitFor()
  return {
    page,
    complaints,
    phone: phoneOf(page),
    checkAccess: () => checkAccess(page),
    picture: (name: string) => picture(page, name),
  }
}

/** What a person does with the phone. */
function phoneOf(page: Page) {
  const phone = page.getByRole('region', { name: 'Phone' })
  return {
    pick: async (block: string, channel: string) => {
      await page.getByRole('combobox', { name: 'Block' }).selectOption(block)
      await page.getByRole('radio', { name: channel }).check({ force: true })
      await phone.getByText(channel, { exact: true }).waitFor()
    },
    tap: (caption: string) => phone.getByRole('button', { name: caption, exact: true }).last().click(),
    say: async (text: string) => {
      await phone.getByRole('textbox', { name: 'Message' }).fill(text)
      await phone.getByRole('button', { name: 'Send' }).click()
    },
    /** Resolves when the phone shows it. */
    shows: (text: string | RegExp) => phone.getByText(text).last().waitFor(),
  }
}

/** What keeps people from using the page, by the rules of axe that are serious and critical. */
async function checkAccess(page: Page): Promise<string[]> {
  // By the debugger, which the policy of the page doesn't hold back.
  await page.evaluate(axe)
  // @ts-expect-error axe is the page's
  const { violations } = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }))
  return (violations as { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[])
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    )
}

async function picture(page: Page, name: string): Promise<void> {
  if (!imagesDir) return
  mkdirSync(imagesDir, { recursive: true })
  await page.evaluate('scrollTo(0, 0)')
  await page.screenshot({ path: join(imagesDir, `${name}.png`), animations: 'disabled' })
}
