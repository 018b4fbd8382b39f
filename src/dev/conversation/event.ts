/** The events of a conversation, in order, as a timeline shows them. */
import type { Severity } from '../../content/rules.ts'
import type { ErrorData } from '../../errors/errors.ts'
import type { WireRequest, WireResponse } from './wire.ts'

/** A problem with an answer, worded for the author of the block. */
export interface ChatProblem extends ErrorData {
  /** JSON pointer into the content; '' for the whole answer. */
  path: string
  /** A rule of `docs/content.md`, a code of `docs/errors.md`, or a rule of `answer.ts`. */
  rule: string
  severity: Severity
  message: string
}

/** `shown`, or the reason why nothing of the answer is shown. */
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

/** Origin of a change to a tag or field: actions in content, actions of a tapped button, or a call of the Public API. */
export type Source = 'content' | 'button' | 'api'

export type Happening =
  | { kind: 'said'; text: string }
  | { kind: 'tapped'; tappable: number; caption: string; type: string; place: 'button' | 'quick-reply' }
  /** A message that no listener received: ManyChat's own automation handles it. */
  | { kind: 'unheard'; text: string; why: 'no-listener' | 'expired' }
  | { kind: 'request'; purpose: Purpose; request: WireRequest }
  | {
      kind: 'response'
      /** Id of the request's event. */
      request: number
      response: WireResponse
      outcome: Outcome
      /** Why nothing is shown; null when it is. */
      why: string | null
      problems: ChatProblem[]
    }
  /** The clock was moved. */
  | { kind: 'waited'; ms: number }
  /** Ids of the bubbles added to the screen. */
  | { kind: 'shown'; bubbles: number[]; by: 'answer' | 'api' }
  | { kind: 'listening'; until: number; replaced: boolean }
  | { kind: 'tag'; name: string; change: 'added' | 'removed'; by: Source }
  | { kind: 'field'; name: string; value: FieldValue; by: Source }
  /** ManyChat or the phone follows these without calling the server. */
  | { kind: 'followed'; type: 'url' | 'flow' | 'node' | 'call' | 'buy'; target: string; by: 'tap' | 'api' }
  /** Content from the Public API, accepted or refused. */
  | {
      kind: 'delivery'
      via: string
      accepted: boolean
      code: number | null
      why: string | null
      problems: ChatProblem[]
    }

/** null: empty. */
export type FieldValue = string | number | boolean | null

/** `id` counts from 1; `at` in milliseconds since 1970. */
export type ChatEvent = { id: number; at: number } & Happening
