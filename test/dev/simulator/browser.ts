/** Opens a real server's simulator in a real Chromium, and collects the browser's complaints. */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import root, { type Test } from 'tap'
import { browserPath } from '../../needs.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Set by `npm run docs:images`: the folder for the pictures of the docs. */
const imagesDir = process.env.DOCS_IMAGES
/** One browser for all tests of this process; each test has its own profile. */
let launched: Promise<Browser> | undefined

export interface BrowserOptions {
  url: string
  width?: number
  height?: number
  colorScheme?: 'light' | 'dark'
}

export async function openBrowser(t: Test, { url, width = 1440, height = 900, colorScheme = 'light' }: BrowserOptions) {
  launched ??= launch()
  const context = await (await launched).newContext({
    viewport: { width, height },
    colorScheme,
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
  })
  t.teardown(() => context.close())
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
    /** Resolves when the server has taken the condition. */
    setCondition: async (name: string, value: string) => {
      const taken = page.waitForResponse(response => new URL(response.url()).pathname.endsWith('/switches'))
      await page.getByRole('combobox', { name }).selectOption(value)
      await taken
    },
    checkAccess: () => checkAccess(page),
    picture: (name: string) => picture(page, name),
  }
}

async function launch(): Promise<Browser> {
  const browser = await chromium.launch({
    ...(browserPath && { executablePath: browserPath }),
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
  root.teardown(() => browser.close())
  return browser
}

/** The actions of a person on the phone. */
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
    /** Resolves when the phone shows the text. */
    shows: (text: string | RegExp) => phone.getByText(text).last().waitFor(),
  }
}

/** Violations of axe's serious and critical accessibility rules. */
async function checkAccess(page: Page): Promise<string[]> {
  // Through the debugger, to which the page's content security policy doesn't apply.
  await page.evaluate(axe)
  // @ts-expect-error axe is a global of the page
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
