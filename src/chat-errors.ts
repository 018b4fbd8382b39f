/** The rows of `errorTable` for talking with a block in tests and in a terminal. */
export const chatErrors = {
  DYN_CHAT_OPTIONS: [400, 'Chat options not valid', 'Expected {expected}, got {got}. {remedy}'],
  DYN_CHAT_TAP: [
    400,
    'Nothing to tap',
    'Expected {expected}, got {got}. Tap what is shown; a quick reply is gone once something else is shown.',
  ],
  DYN_CHAT_UNHEARD: [
    400,
    'Nobody listens',
    'Expected a listener for the message, got {got}. Register one with listen() in the answer before, or look at chat.isListening first.',
  ],
  DYN_CHAT_FAILED: [
    500,
    'Block failed in the chat',
    'Expected answers that ManyChat shows as they are, got:\n{got}\nMend the block, or open the chat with strict: false to see what the contact sees.',
  ],
  DYN_FIXTURE_INVALID: [
    400,
    'No recorded conversation',
    'Expected a recorded conversation, at {path} {expected}; got something else. Record it anew, or correct the file.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string, message: string]>
