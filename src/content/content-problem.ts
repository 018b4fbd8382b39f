import { Type } from '@sinclair/typebox'

/** What is wrong with content, and where, as answers over HTTP tell it. Apart from the routes, as the types of programs read it. */
export const ContentProblem = Type.Object({
  path: Type.String({ description: 'A JSON pointer.' }),
  rule: Type.String(),
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning'), Type.Literal('repaired')]),
  message: Type.String(),
  expected: Type.Optional(Type.String()),
  got: Type.Optional(Type.String()),
  remedy: Type.Optional(Type.String()),
})
