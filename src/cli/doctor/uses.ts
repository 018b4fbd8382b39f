/** The places where a block names a tag, field or flow of its page. */

export type Kind = 'tag' | 'field' | 'flow'

export interface Use {
  kind: Kind
  name: string
  file: string
  line: number
  /** The value a field is set to; absent when the source doesn't show it. */
  value?: FieldLiteral
}

/** A value written out in the source. Every Date stands for one: only its type is checked. */
export type FieldLiteral = string | number | boolean | Date

/** A place whose name is computed while the block runs. */
export type Unread = Pick<Use, 'kind' | 'file' | 'line'>

export interface Uses {
  uses: Use[]
  unread: Unread[]
}
