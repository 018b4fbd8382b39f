/** The rows of `errorTable` that sends need. */
export const sendErrors = {
  DYN_BOT_UNKNOWN: [
    400,
    'No token for the bot',
    'Expected {expected}, got {got}. Name one that CHATFUEL_BOTS has, or add it there.',
  ],
  DYN_SEND_INVALID: [400, 'Send not valid', 'Expected {expected}, got {got}. Nothing was stored: change the request.'],
  DYN_SEND_OPERATION: [
    400,
    'Unknown operation',
    'Expected an operation that a send may name, got another.{hint} docs/sends.md lists them.',
  ],
  DYN_SEND_UNKNOWN: [
    404,
    'Unknown send',
    'Expected the id of a send, got one that no send has. Sends are deleted 7 days after they are done, 30 after they died.',
  ],
  DYN_SEND_STATE: [
    409,
    'Send in another state',
    'Expected a send that is {expected}, got one that is not. Look at its state first.',
  ],
  DYN_SENDS_TOO_MANY: [
    413,
    'Too many sends',
    'Expected at most {limit} lines, got more. Those from here on were not read: put them into another request.',
  ],
  DYN_SEND_REDUCED: [
    502,
    'Content reduced',
    'Expected to deliver the whole content, got only its texts through, by the flow of FALLBACK_FLOWS; left out: {got}. Nothing to do, unless the contact needs them.',
  ],
  DYN_SEND_UNDECIDED: [
    502,
    'Outcome unknown',
    'Expected the process that began the call to record its outcome, got a lease that ran out. The call may have been carried out: look before it is retried.',
  ],
  DYN_IDEMPOTENCY_KEY: [
    400,
    'Idempotency-Key not valid',
    'Expected an Idempotency-Key of 1 to 200 printable ASCII characters, got {got}. Make one up for each send, like a UUID.',
  ],
  DYN_IDEMPOTENCY_CONFLICT: [
    409,
    'Idempotency key used before',
    'Expected under the same idempotency key the same send, got another one. Use a new key for a new send.',
  ],
  DYN_STORE_FAILED: [
    503,
    'Store not available',
    'Expected the store ({store}) to do what it was asked, got {got}. Look at the disk of DATA_DIR, or at the database of DATABASE_URL.',
  ],
  DYN_STORE_NEWER: [
    500,
    'Store of a newer release',
    'Expected a store of version {known} at most, got version {got}. Start the release that wrote it, or a newer one.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string, message: string]>
