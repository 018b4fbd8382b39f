import type { Row } from './row.ts'

/** The rows of `errorTable` for sends. */
export const sendErrors = {
  DYN_BOT_UNKNOWN: [
    400,
    'No token for the bot',
    'No Chatfuel bot can be chosen: expected {expected}, got {got}.',
    'Name a bot that CHATFUEL_BOTS has, or add it there.',
  ],
  DYN_SEND_INVALID: [
    400,
    'Send not valid',
    'The request is not valid: expected {expected}, got {got}.',
    'Nothing was stored: change the request.',
  ],
  DYN_SEND_OPERATION: [
    400,
    'Unknown operation',
    'There is no such operation for sends.{hint}',
    'docs/sends.md lists the operations.',
  ],
  DYN_SEND_UNKNOWN: [
    404,
    'Unknown send',
    'No send has this id. Sends are deleted 7 days after they are done, 30 days after they died.',
  ],
  DYN_SEND_STATE: [409, 'Send in another state', 'The send is not {expected}.', 'Look at its state first.'],
  DYN_SENDS_TOO_MANY: [
    413,
    'Too many sends',
    'A request takes at most {limit} lines.',
    'The lines from here on were not read: put them into another request.',
  ],
  DYN_BATCH_UNFINISHED: [
    503,
    'Batch not finished',
    'The store took too long to take all lines.',
    'Send the same lines again with the same Idempotency-Key: it goes on from here. Without a key, send those lines that got this answer.',
  ],
  DYN_BODY_SLOW: [
    408,
    'Body too slow',
    'The body did not arrive within {limit} s.',
    'Lines that had arrived may be stored: send the same again with the same Idempotency-Key, and look at the network.',
  ],
  DYN_SEND_REDUCED: [
    502,
    'Content reduced',
    'Only the texts were delivered, by the flow of FALLBACK_FLOWS; left out: {got}.',
    'Nothing needs to be done, unless the contact needs the rest.',
  ],
  DYN_SEND_WITHOUT_ACTIONS: [
    502,
    'Actions left out',
    'The page refused the content because it lacks a tag or field, so the content went without: {got}.',
    'Create the tag or field in ManyChat, or correct its name.',
  ],
  DYN_SEND_UNDECIDED: [
    502,
    'Outcome unknown',
    'The process ended during the call, before it could record the outcome: the call may have been carried out.',
    'Check that before you retry it.',
  ],
  DYN_OUTCOME_REFUSED: [
    502,
    'Outcome not taken',
    'OUTCOME_URL did not take the outcome of a send: {got}.',
    'Let it answer 2xx within 10 s, without a redirect. A dead outcome can be retried like a send.',
  ],
  DYN_RUN_LATE: [
    500,
    'Late reply took too long',
    '{where} did not answer within {limit} ms, even as a late reply.',
    'Make the handler faster, or raise lateWithinMs.',
  ],
  DYN_RUN_FATAL: [
    500,
    'Late reply ends its process',
    '{count} processes ended while they ran this call.',
    'Find out what the handler does to its process before you retry it.',
  ],
  DYN_RUN_ONCE: [
    500,
    'Late reply interrupted',
    'The process that ran the call ended, and the block says "rerun: false".',
    'Nothing to do, unless the contact needs the answer.',
  ],
  DYN_RUN_EXPIRED: [
    500,
    'Late reply no longer fits its block',
    'The step of the call, or the shape of its state, is gone from the block.',
    'Nothing to do: the contact was told that it is too old.',
  ],
  DYN_IDEMPOTENCY_KEY: [
    400,
    'Idempotency-Key not valid',
    'An Idempotency-Key has 1 to 200 printable ASCII characters; got {got}.',
    'Make one up for each send, like a UUID.',
  ],
  DYN_IDEMPOTENCY_CONFLICT: [
    409,
    'Idempotency key used before',
    'This idempotency key was already used for a different send.',
    'Use a new key for a new send.',
  ],
  DYN_STORE_FAILED: [
    503,
    'Store not available',
    'The store ({store}) failed: {got}. What was asked may be stored all the same.',
    'Repeat it with the same Idempotency-Key. Check the disk of DATA_DIR, or the database of DATABASE_URL.',
  ],
  DYN_STORE_NEWER: [
    500,
    'Store of a newer release',
    'The store has version {got}, but this release knows only versions up to {known}.',
    'Start the release that wrote it, or a newer one.',
  ],
} as const satisfies Record<string, Row>
