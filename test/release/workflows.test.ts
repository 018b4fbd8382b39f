import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'

const folder = '.github/workflows'
const workflows = readdirSync(folder).map(name => {
  const text = readFileSync(join(folder, name), 'utf8')
  return { file: name, text, ...(parse(text) as Workflow) }
})

interface Workflow {
  permissions: Record<string, string>
  jobs: Record<string, Job>
}
/** A job with steps, or one that calls another workflow. */
interface Job {
  'timeout-minutes'?: number
  permissions?: Record<string, string>
  needs?: string
  uses?: string
  steps?: Step[]
}
interface Step {
  uses?: string
  run?: string
  with?: Record<string, unknown>
}

for (const { file, text, permissions, jobs } of workflows) {
  t.test(file, async t => {
    t.strictSame(permissions, { contents: 'read' }, 'no job may write but one that says so')
    for (const [job, { 'timeout-minutes': minutes, uses: workflow, steps = [] }] of Object.entries(jobs)) {
      if (workflow) {
        t.match(workflow, /^\.\/\.github\/workflows\/[a-z]+\.yml$/, `${job} is a workflow of this commit`)
        continue
      }
      t.ok(minutes && minutes <= 30, `${job} ends`)
      for (const { uses, run, with: options } of steps) {
        if (uses) t.match(uses, /^actions\/[a-z-]+@[0-9a-f]{40}$/, 'who moves a tag changes nothing here')
        if (uses?.startsWith('actions/checkout@')) t.equal(options?.['persist-credentials'], false)
        if (run) t.notMatch(run, '${{', 'what comes from outside is passed by the environment')
      }
    }
    for (const line of text.split('\n').filter(line => /uses: (?!\.\/)/.test(line))) t.match(line, /# v\d+\.\d+\.\d+$/)
  })
}

t.test('the checks are those of .ci/run, on each Node that is supported', async t => {
  const { jobs = {} } = workflows.find(({ file }) => file === 'ci.yml') ?? {}
  const steps = Object.values(jobs).flatMap(({ steps = [] }) => steps)
  t.ok(steps.some(({ run }) => run?.includes('bash .ci/run')))
  t.ok(steps.some(({ run }) => run === 'npm test'))
  const versions = steps.flatMap(({ with: options }) => options?.['node-version'] ?? [])
  const { node } = JSON.parse(readFileSync('package.json', 'utf8')).engines
  t.strictSame(versions.map(String).sort(), [node.replace(/^>=(\d+\.\d+)$/, '$1.0'), '24'], 'the oldest, and ours')
})

t.test('the base of the image is pinned, renewed by proposal, and the image attested', async t => {
  const dockerfile = readFileSync('Dockerfile', 'utf8')
  const [image, ...others] = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, name]) => name)
  t.match(image, /^node:24\.\d+\.\d+-[a-z]+-slim@sha256:[0-9a-f]{64}$/)
  t.strictSame(others, ['base', 'base'])
  const { updates } = parse(readFileSync('.github/dependabot.yml', 'utf8'))
  t.match(updates, [{ 'package-ecosystem': 'docker' }, { 'package-ecosystem': 'github-actions' }])
  const { jobs } = workflows.find(({ file }) => file === 'release.yml') as Workflow
  const { permissions, steps = [] } = jobs.image as Job
  t.match(permissions, { 'id-token': 'write', attestations: 'write' })
  const pushed = steps.findIndex(({ run }) => run?.includes('docker push'))
  t.ok(pushed >= 0)
  t.match(steps[pushed + 1], {
    uses: /^actions\/attest-build-provenance@/,
    with: { 'subject-digest': /steps\.push\.outputs\.digest/ },
  })
})

t.test('a release is what was tested', async t => {
  const { text, jobs } = workflows.find(({ file }) => file === 'release.yml') as Workflow & { text: string }
  const { test, ...others } = jobs
  t.equal(test?.uses, './.github/workflows/ci.yml')
  for (const [job, { needs }] of Object.entries(others)) t.equal(needs, 'test', `${job} waits for it`)
  for (const words of ['npm run pack', 'npm publish --provenance', 'npm sbom', 'docker build']) t.match(text, words)
  t.match(text, /npm pkg set repository[^\n]+\n +- run: npm run pack/, 'without it npm refuses the provenance')
})
