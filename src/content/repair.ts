import { TypeCompiler } from '@sinclair/typebox/compiler'
import { channelNamed } from './channels.ts'
import { Content } from './content.ts'
import { readDocument } from './document.ts'
import { fit } from './fit.ts'
import { type InspectOptions, inspectParts } from './inspect.ts'
import { createProblem, firstProblems, isError, type Problem } from './problem.ts'
import { repairShape } from './repair-shape.ts'
import { explainShape } from './shape.ts'

export interface Repaired {
  /** What is sent. It is content only if no problem is an error. */
  content: unknown
  problems: Problem[]
}

export interface RepairOptions extends InspectOptions {
  /**
   * The content is on its way to ManyChat: it is read without what ManyChat ignores, but nobody moves or splits a part of
   * it, or fits it to the channel, any more. Default false.
   */
  onWire?: boolean
}

const isContent = TypeCompiler.Compile(Content)

/**
 * Repairs content, or a whole answer, and lists what is wrong with it. What was given isn't changed; content that needs no
 * repair isn't copied. Never throws.
 */
export function repairContent(given: unknown, options: RepairOptions = {}): Repaired {
  try {
    return repair(given, options)
  } catch {
    // A getter or a Proxy threw, and would throw again when the answer is written.
    const got = 'something that throws when it is read'
    return { content: given, problems: [createProblem('', 'value', { expected: 'plain JSON data', got })] }
  }
}

function repair(
  given: unknown,
  { onWire = false, outsideFlow, allowLoopback, channel: known }: RepairOptions,
): Repaired {
  const document = readDocument(given)
  const channel = known ?? channelNamed((document.content as Content | null | undefined)?.type) ?? 'messenger'
  const shape = isContent.Check(document.content) ? undefined : repairShape(document.content, !onWire)
  const content = (shape ? shape.content : document.content) as Content
  const isSound = shape === undefined || (content !== document.content && isContent.Check(content))
  const found = inspectParts(content, { channel, outsideFlow, allowLoopback, isSound, canSplit: !onWire })
  const problems = collect()
  return { content: onWire || problems.some(isError) ? content : fit(content, channel, found), problems }

  /** All problems, with pointers into what was given. */
  function collect(): Problem[] {
    if (!shape && document.problems.length + found.problems.length === 0) return found.problems
    const wrong = isSound ? [] : explainShape(Content, content)
    const relocate = (problem: Problem) => {
      return { ...problem, path: document.locate(shape ? shape.locate(problem.path) : problem.path) }
    }
    // Those of repairs know where in the content they are.
    const repaired = (shape?.problems ?? []).map(problem => ({ ...problem, path: document.locate(problem.path) }))
    return firstProblems([...document.problems, ...wrong.map(relocate), ...repaired, ...found.problems.map(relocate)])
  }
}
