/** Repairs what only the form of content is wrong about. Runs only after the compiled check has failed. */
import type { TArray, TObject, TSchema, TUnion } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { isObject } from '../json/object.ts'
import { escapeKey } from '../json/pointer.ts'
import { capabilities, channelNamed } from './channels.ts'
import { Content } from './content.ts'
import { addProblem, type Problem } from './problem.ts'
import { QuickReply } from './quick-reply.ts'
import { describeMismatch, describeSchema, memberOf, nearest } from './shape.ts'

type Members = Record<string, unknown>

/** Nobody writes a longer list; a block that returns a million buttons by mistake must not cost a million repairs. */
const longestList = 1000

export interface RepairedShape {
  content: unknown
  problems: Problem[]
  /** The pointer, into what was given, of a part of the repaired content. */
  locate(path: string): string
}

/**
 * Drops empty and unknown members, and moves quick replies out of messages. What was given isn't changed; parts that need
 * no repair aren't copied.
 *
 * @param movesReplies false where nobody moves them any more
 */
export function repairShape(given: unknown, movesReplies: boolean): RepairedShape {
  const problems: Problem[] = []
  const moved: { reply: unknown; from: string }[] = []
  const content = repairPart(Content, given, '')
  if (moved.length === 0) return { content, problems, locate: path => path }
  return withReplies(content as Members)

  function repairPart(schema: TSchema, part: unknown, path: string): unknown {
    if (schema.anyOf) {
      const member = memberOf(schema as TUnion, part)
      return member ? repairPart(member, part, path) : part
    }
    if (schema.type === 'array') return Array.isArray(part) ? repairList(schema as TArray, part, path) : part
    return schema.properties && isObject(part) ? repairObject(schema as TObject, part, path) : part
  }

  function repairList({ items }: TArray, list: unknown[], path: string): unknown[] {
    if (list.length > longestList) return list
    const repaired = list.map((item, i) => repairPart(items, item, `${path}/${i}`))
    return repaired.some((item, i) => item !== list[i]) ? repaired : list
  }

  function repairObject(schema: TObject, object: Members, path: string): Members {
    const repaired: Members = {}
    let isChanged = false
    // As TypeBox does, this looks at members that can't be enumerated, too.
    for (const key of Object.getOwnPropertyNames(object)) {
      const member = object[key]
      const kept = repairMember(schema, key, member, `${path}/${escapeKey(key)}`)
      if (kept !== member) isChanged = true
      if (kept !== undefined || member === undefined) repaired[key] = kept
    }
    return isChanged ? repaired : object
  }

  /** What becomes of a member; undefined when it is dropped. */
  function repairMember(schema: TObject, key: string, member: unknown, path: string): unknown {
    const part = Object.hasOwn(schema.properties, key) ? (schema.properties[key] as TSchema) : undefined
    if (!part) return schema.additionalProperties === false ? repairUnknown(schema, key, member, path) : member
    if (member === undefined) return member
    if (isEmpty(member) && !schema.required?.includes(key) && !Value.Check(part, member)) {
      addProblem(problems, path, 'empty-member', {
        expected: describeSchema(part),
        got: describeMismatch(part, member),
      })
      return undefined
    }
    if (path === '/type') return repairType(member)
    return key === 'method' ? repairMethod(part, member, path) : repairPart(part, member, path)
  }

  function repairUnknown(schema: TObject, key: string, member: unknown, path: string): unknown {
    const names = Object.keys(schema.properties)
    // Without its actions a button would do less than its author meant.
    if (key === 'actions' && names.includes('caption') && !isEmpty(member)) return member
    if (movesReplies && /^\/messages\/\d+\/quick_replies$/.test(path) && Array.isArray(member) && member.length > 0) {
      addProblem(problems, path, 'message-quick-replies')
      for (const [i, reply] of member.entries()) moved.push({ reply, from: `${path}/${i}` })
      return undefined
    }
    const name = key.slice(0, 40)
    addProblem(problems, path, 'unknown-key', { names, got: `"${name}"`, hint: nearest(name, names) })
    return undefined
  }

  function repairType(type: unknown): unknown {
    const channel = channelNamed(type)
    if (!channel) return type
    const known = capabilities[channel].type ?? undefined
    if (known !== type) addProblem(problems, '/type', 'type-name', { expected: known ?? 'no type', got: `"${type}"` })
    return known
  }

  function repairMethod(schema: TSchema, method: unknown, path: string): unknown {
    if (method === schema.const || typeof method !== 'string' || method.toLowerCase() !== schema.const) return method
    addProblem(problems, path, 'method-case', { expected: describeSchema(schema) })
    return schema.const
  }

  function withReplies(content: Members): RepairedShape {
    const { quick_replies: own = [] } = content
    // What is there instead of a list is an error by itself.
    if (!Array.isArray(own)) return { content, problems, locate: path => path }
    const replies = moved.map(({ reply, from }) => repairPart(QuickReply, reply, from))
    const before = own.length
    return { content: { ...content, quick_replies: [...own, ...replies] }, problems, locate }

    function locate(path: string): string {
      const [list, index, rest = ''] = /^\/quick_replies(?:\/(\d+)(.*))?$/.exec(path) ?? []
      if (list === undefined) return path
      // The list itself is that of the first message that has one.
      if (index === undefined) return before > 0 ? path : (moved[0]?.from.replace(/\/\d+$/, '') as string)
      const from = moved[Number(index) - before]?.from
      return from === undefined ? path : from + rest
    }
  }
}

/** Whether a value says no more than an absent member. */
export function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0)
}
