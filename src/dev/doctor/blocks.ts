import { loadBlocks } from '../../blocks/load.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, problem } = findingsOf('blocks')

/** Do the blocks load? Their files are imported, as at a start; no handler is run. */
export async function examineBlocks(folder: string, allowLoopback: boolean): Promise<Finding[]> {
  const warnings: Finding[] = []
  const log = { debug() {}, info() {}, warn: noteWarning, error() {} }
  try {
    const blocks = await loadBlocks({ folder, allowLoopback, log })
    blocks.stop()
    return [ok(folder, 'blocks that load', blocks.names().join(', ')), ...warnings]
  } catch (error) {
    const lines = (error as Error).message.split('\n- ').slice(1)
    if (lines.length === 0) throw error
    return [...lines.map(line => problem(folder, 'blocks that load', ...readLine(line))), ...warnings]
  }

  function noteWarning(details: object): void {
    const { block, problem } = details as { block: string; problem: string }
    warnings.push(warning(`${folder}/${block}.json`, 'content that is shown as meant', problem))
  }
}

/** The remedy is the last sentence. */
function readLine(line: string): [got: string, remedy: string] {
  const [, got = line, remedy = ''] = /^(.*?)\. ([A-Z].*)$/s.exec(line) ?? []
  return [got, remedy]
}
