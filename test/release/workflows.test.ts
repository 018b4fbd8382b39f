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
  jobs: Record<string, { 'timeout-minutes'?: number; permissions?: Record<string, string>; steps: Step[] }>
}
interface Step {
  uses?: string
  run?: string
  with?: Record<string, unknown>
}

for (const { file, text, permissions, jobs } of workflows) {
  t.test(file, async t => {
    t.strictSame(permissions, { contents: 'read' }, 'no job may write but one that says so')
    for (const [job, { 'timeout-minutes': minutes, steps }] of Object.entries(jobs)) {
      t.ok(minutes && minutes <= 30, `${job} ends`)
      for (const { uses, run, with: options } of steps) {
        if (uses) t.match(uses, /^actions\/[a-z-]+@[0-9a-f]{40}$/, 'who moves a tag changes nothing here')
        if (uses?.startsWith('actions/checkout@')) t.equal(options?.['persist-credentials'], false)
        if (run) t.notMatch(run, '${{', 'what comes from outside is passed by the environment')
      }
    }
    for (const line of text.split('\n').filter(line => /uses:/.test(line))) t.match(line, /# v\d+\.\d+\.\d+$/)
  })
}

t.test('the checks are those of .ci/run, on each Node that is supported', async t => {
  const { jobs = {} } = workflows.find(({ file }) => file === 'ci.yml') ?? {}
  const steps = Object.values(jobs).flatMap(({ steps }) => steps)
  t.ok(steps.some(({ run }) => run?.includes('bash .ci/run')))
  t.ok(steps.some(({ run }) => run === 'npm test'))
  const majors = steps.flatMap(({ with: options }) => options?.['node-version'] ?? [])
  t.strictSame(majors.sort(), [22, 24])
  t.match(JSON.parse(readFileSync('package.json', 'utf8')).engines.node, /^>=22\./)
})

t.test('a release is what is tested', async t => {
  const { text } = workflows.find(({ file }) => file === 'release.yml') as { text: string }
  for (const words of ['npm run pack', 'npm publish --provenance', 'npm sbom', 'docker build']) t.match(text, words)
})
