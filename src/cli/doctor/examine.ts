/** Runs the checks, side by side where they don't need each other's results, each with its own time limit. */

import { blocksFolder } from '../../blocks/folder.ts'
import { withinDeadline } from '../../calls/deadline.ts'
import { createRateLimits } from '../../outbound/limits.ts'
import { examineAppKeys } from './app-keys.ts'
import { examineBlocks } from './blocks.ts'
import { examineChatfuel } from './chatfuel.ts'
import { createClockWatch } from './clock.ts'
import { examineFallbackFlows } from './fallback-flows.ts'
import { findUses } from './find-uses.ts'
import { type Check, type Finding, findingsOf } from './finding.ts'
import { examineMaton } from './maton.ts'
import { examineMemory } from './memory.ts'
import { examineNames } from './names.ts'
import { examineNode } from './node-version.ts'
import { examinePages } from './pages.ts'
import { examinePublicUrl } from './public-url.ts'
import { type Env, examineSettings } from './settings.ts'
import { examineStore } from './store.ts'
import type { Kind } from './uses.ts'

export interface ExamineOptions {
  env: Env
  fetch: typeof globalThis.fetch
  nodeVersion: string
  /** Time limit of each check. */
  timeoutMs: number
  now?: () => number
}

/** Checks everything a server needs, and changes nothing. */
export async function examine({
  env,
  fetch,
  nodeVersion,
  timeoutMs,
  now = Date.now,
}: ExamineOptions): Promise<Finding[]> {
  const { findings, config } = examineSettings(env)
  const folder = blocksFolder(config.blocksDir)
  const clock = createClockWatch(fetch, now)
  const outbound = { fetch: clock.fetch, limits: createRateLimits(), timeoutMs }
  const signal = AbortSignal.timeout(timeoutMs)
  const isSet = Boolean(env.PUBLIC_URL)
  const uses = await findUses(folder)
  const asked = Promise.all([
    within('public-url', examinePublicUrl({ config, isSet, fetch, now, signal }), finding => [finding]),
    within('blocks', examineBlocks(folder, config.publicUrl.startsWith('http://')), finding => [finding]),
    within('maton', examineMaton(config, outbound), finding => [finding]),
  ])
  const nothing = { installations: [], memories: [] }
  const store = await within('store', examineStore(config), finding => ({ findings: [finding], ...nothing }))
  const appKeys = examineAppKeys(store.installations, config)
  const kinds = new Set<Kind>([...uses.uses.map(({ kind }) => kind), ...kindsOfFallback(config.fallbackFlows.size)])
  const { findings: ofPages, pages } = await within(
    'pages',
    examinePages({ config, appKeys: appKeys.keys, kinds, outbound }),
    finding => ({ findings: [finding], pages: [] }),
  )
  const [publicUrl, blocks, maton] = await asked
  return [
    ...findings,
    ...examineNode(nodeVersion),
    ...publicUrl,
    ...store.findings,
    ...appKeys.findings,
    ...examineMemory(store.memories, config.stateKeys),
    ...maton,
    ...ofPages,
    ...blocks,
    ...examineNames(uses, pages),
    ...examineFallbackFlows(config.fallbackFlows, pages),
    ...examineChatfuel(config.chatfuelBots),
    ...clock.examine(),
  ]

  async function within<T>(check: Check, work: Promise<T>, orElse: (finding: Finding) => T): Promise<T> {
    const late = new Error()
    return withinDeadline(work, timeoutMs, () => late).catch(error => {
      if (error !== late) throw error
      const remedy = 'Check what it asks there, or allow more time with --timeout.'
      return orElse(findingsOf(check).problem(check, `an answer within ${timeoutMs / 1000} s`, 'none', remedy))
    })
  }
}

function kindsOfFallback(entries: number): Kind[] {
  return entries > 0 ? ['field', 'flow'] : []
}
