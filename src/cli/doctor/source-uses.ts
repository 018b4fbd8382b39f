/** Finds the names that are written out in the source of a block. Parses the source, and doesn't run it. */
import { stripTypeScriptTypes } from 'node:module'
import { type AnyNode, type AssignmentProperty, type CallExpression, type Property, parse } from 'acorn'
import type { FieldLiteral, Kind, Uses } from './uses.ts'

/** Makers that take a name, and the position of that argument. */
const makers: Readonly<Record<string, { kind: Kind; place: number }>> = {
  addTag: { kind: 'tag', place: 0 },
  removeTag: { kind: 'tag', place: 0 },
  setField: { kind: 'field', place: 0 },
  unsetField: { kind: 'field', place: 0 },
  flowButton: { kind: 'flow', place: 1 },
  flowReply: { kind: 'flow', place: 1 },
}
/** Keys that hold a name in content and in calls of the Public API. */
const members: Readonly<Record<string, Kind>> = { tag_name: 'tag', field_name: 'field', flow_ns: 'flow' }
/** The form of ManyChat's flow ids: any text of this form counts as one. */
const flowId = /^content\d{8,}_\d+$/
/** Operations on bot fields, which all contacts share, or that create what they name. */
const otherNames = /BotField|createTag|createCustomField/

/** @throws SyntaxError when the source doesn't parse */
export function readSource(file: string, source: string): Uses {
  const program = parse(stripTypeScriptTypes(source), { ecmaVersion: 'latest', sourceType: 'module', locations: true })
  const constants = readConstants(program)
  const found: Uses = { uses: [], unread: [] }
  visit(program, '')
  return found

  /** @param within the name of the function whose call encloses the node */
  function visit(node: AnyNode, within: string): void {
    const text = literalText(node)
    if (text !== undefined && flowId.test(text)) found.uses.push({ kind: 'flow', name: text, ...placeOf(node) })
    if (node.type === 'CallExpression') readCall(node)
    if (node.type === 'Property' && !otherNames.test(within)) readMember(node)
    const around = node.type === 'CallExpression' ? nameOf(node.callee) : within
    for (const child of childrenOf(node)) visit(child, around)
  }

  /** Only plain calls: a method such as `manychat.subscriber.addTag(…)` is not a maker. */
  function readCall(call: CallExpression): void {
    if (call.callee.type !== 'Identifier' || !Object.hasOwn(makers, call.callee.name)) return
    const { kind, place } = makers[call.callee.name] as { kind: Kind; place: number }
    const name = textOf(call.arguments[place])
    const value = kind === 'field' ? fieldValueOf(call.arguments[place + 1]) : undefined
    if (name === undefined) found.unread.push({ kind, ...placeOf(call) })
    else found.uses.push({ kind, name, ...placeOf(call), ...(value !== undefined && { value }) })
  }

  function readMember(member: Property | AssignmentProperty): void {
    const key = nameOf(member.key)
    const name = textOf(member.value)
    if (!Object.hasOwn(members, key) || name === undefined) return
    found.uses.push({ kind: members[key] as Kind, name, ...placeOf(member) })
  }

  function textOf(node?: AnyNode): string | undefined {
    return node?.type === 'Identifier' ? constants.get(node.name) : node && literalText(node)
  }

  function fieldValueOf(node?: AnyNode): FieldLiteral | undefined {
    if (node?.type === 'NewExpression' && nameOf(node.callee) === 'Date') return new Date(0)
    if (node?.type === 'UnaryExpression' && node.operator === '-') return negated(fieldValueOf(node.argument))
    if (node?.type !== 'Literal' || typeof node.value === 'string') return textOf(node)
    if (typeof node.value === 'bigint') return Number(node.value)
    return typeof node.value === 'number' || typeof node.value === 'boolean' ? node.value : undefined
  }

  function placeOf({ loc }: AnyNode): { file: string; line: number } {
    return { file, line: loc?.start.line ?? 1 }
  }
}

function negated(value: FieldLiteral | undefined): number | undefined {
  return typeof value === 'number' ? -value : undefined
}

/** The text of a string, or of a template without expressions. */
function literalText(node: AnyNode): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  return node.type === 'TemplateLiteral' && node.expressions.length === 0
    ? (node.quasis[0]?.value.cooked ?? undefined)
    : undefined
}

function nameOf(node: AnyNode): string {
  if (node.type === 'MemberExpression') return nameOf(node.property)
  return node.type === 'Identifier' ? node.name : (literalText(node) ?? '')
}

/** Every `const name = 'text'` in the file, at any depth. */
function readConstants(node: AnyNode): Map<string, string> {
  const own = node.type === 'VariableDeclaration' && node.kind === 'const' ? node.declarations : []
  const named = own.flatMap(({ id, init }) => {
    const text = init ? literalText(init) : undefined
    return id.type === 'Identifier' && text !== undefined ? [[id.name, text] as const] : []
  })
  return new Map([...named, ...childrenOf(node).flatMap(child => [...readConstants(child)])])
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((value: unknown): value is AnyNode => typeof (value as AnyNode | null)?.type === 'string')
}
