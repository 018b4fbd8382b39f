import { loadBlocks } from '../../blocks/load.ts'
import { DynablockError, type ErrorProblem } from '../../errors/errors.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, problem } = findingsOf('blocks')

/** Checks that the blocks load. Imports their files, as the server does at boot, but runs no handler. */
export async function examineBlocks(folder: string, allowLoopback: boolean): Promise<Finding[]> {
  const warnings: Finding[] = []
  const log = { debug() {}, info() {}, warn: noteWarning, error() {} }
  try {
    const blocks = await loadBlocks({ folder, allowLoopback, log })
    blocks.stop()
    return [ok(folder, 'blocks that load', blocks.names().join(', ')), ...warnings]
  } catch (error) {
    if (!(error instanceof DynablockError)) throw error
    return [...(error.problems ?? []).map(refused), ...warnings]
  }

  function refused({
    subject,
    message,
    expected = 'a block that loads',
    got = message,
    remedy,
  }: ErrorProblem): Finding {
    return problem(subject === folder ? folder : `${folder}/${subject}`, expected, got, remedy)
  }

  function noteWarning(details: unknown): void {
    const { block, problem } = details as { block: string; problem: string }
    warnings.push(warning(`${folder}/${block}.json`, 'content that is shown as intended', problem))
  }
}
