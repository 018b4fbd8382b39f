import { idNames } from '../manychat/params.ts'
import { splitProgress } from './fallback.ts'
import type { Params } from './operations.ts'
import type { Send } from './send.ts'

/** A send as the API shows it in lists: what it is and how it stands, and nothing of what it says. */
export function showSend(send: Send) {
  const { id, state, operation, page, addressee, call, onUnknown, attempts, lastError } = send
  return {
    id,
    state,
    operation,
    page: bare(page),
    addressee: bare(addressee),
    late_reply: call !== null,
    not_before: showTime(send.notBefore),
    on_unknown: onUnknown,
    attempts,
    last_error: lastError,
    created_at: showTime(send.createdAt),
    updated_at: showTime(send.updatedAt),
  }
}

/** The same with what it says, for whoever asks for that one. */
export function showWholeSend(send: Send) {
  const { params, progress } = send.params === null ? { params: null, progress: null } : splitProgress(send.params)
  return {
    ...showSend(send),
    params: params && showParams(params),
    ...(progress && { fallback: progress }),
  }
}

function showParams(params: Params): Params {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, idNames.has(name) ? bare(String(value)) : value]),
  )
}

/** Ids go out as bare digits, none of them rounded. */
function bare(id: string | null): unknown {
  return id !== null && /^(?:0|-?[1-9]\d*)$/.test(id) ? JSON.rawJSON(id) : id
}

function showTime(ms: number): string {
  return new Date(ms).toISOString()
}
