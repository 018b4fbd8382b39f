/** What happens in a conversation, in order: the lines of a timeline. */
import type { WireRequest, WireResponse } from './wire.ts'

/** What is wrong with an answer, as its author should know it. */
export interface ChatProblem {
  /** JSON pointer into the content; '' when it is about the whole answer. */
  path: string
  /** A rule of `docs/content.md`, or a code of `docs/errors.md`, or one of those of `answer.ts`. */
  rule: string
  severity: 'error' | 'warning'
  message: string
}

/** What became of an answer: what it has is shown, or why it isn't. */
export type Outcome =
  | 'shown'
  | 'late'
  | 'no-answer'
  | 'bad-status'
  | 'bad-type'
  | 'bad-json'
  | 'not-v2'
  | 'refused'
  | 'not-called'

/** Why a request was made. */
export type Purpose = 'open' | 'tap' | 'message'

/** Who changed a tag or field: the actions of content, those of a tapped button, or a call of the Public API. */
export type Source = 'content' | 'button' | 'api'

export type Happening =
  | { kind: 'said'; text: string }
  | { kind: 'tapped'; tappable: number; caption: string; type: string; place: 'button' | 'quick-reply' }
  /** A message that no listener took: ManyChat's own automation gets it. */
  | { kind: 'unheard'; text: string; why: 'no-listener' | 'expired' }
  | { kind: 'request'; purpose: Purpose; request: WireRequest }
  | {
      kind: 'response'
      /** The id of the request's event. */
      request: number
      response: WireResponse
      outcome: Outcome
      /** Why nothing is shown; null when it is. */
      why: string | null
      problems: ChatProblem[]
    }
  /** Whoever plays moved the clock. */
  | { kind: 'waited'; ms: number }
  /** Bubbles that came onto the screen, by their ids. */
  | { kind: 'shown'; bubbles: number[]; by: 'answer' | 'api' }
  | { kind: 'listening'; until: number; replaced: boolean }
  | { kind: 'tag'; name: string; change: 'added' | 'removed'; by: Source }
  | { kind: 'field'; name: string; value: FieldValue; by: Source }
  /** ManyChat follows these itself. */
  | { kind: 'followed'; type: 'url' | 'flow' | 'node' | 'call' | 'buy'; target: string; by: 'tap' | 'api' }
  /** What came by the Public API. */
  | {
      kind: 'delivery'
      via: string
      accepted: boolean
      code: number | null
      why: string | null
      problems: ChatProblem[]
    }

/** null: the field is empty. */
export type FieldValue = string | number | boolean | null

/** `id` counts from 1; `at` in milliseconds since 1970. */
export type ChatEvent = { id: number; at: number } & Happening
