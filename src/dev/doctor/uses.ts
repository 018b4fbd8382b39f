/** Where a block names what must exist on its page. */

export type Kind = 'tag' | 'field' | 'flow'

/** A name that a block uses. */
export interface Use {
  kind: Kind
  name: string
  file: string
  line: number
  /** What a field is set to; absent where that can't be told from the file. */
  value?: FieldLiteral
}

/** A value as it is written in the file. */
export type FieldLiteral = string | number | boolean | Date

/** A place where a name is used that is made while the block runs. */
export type Unread = Pick<Use, 'kind' | 'file' | 'line'>

export interface Uses {
  uses: Use[]
  unread: Unread[]
}
