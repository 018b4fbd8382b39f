/** The rows of `errorTable` for talking with a block in tests and in a terminal. */
export const chatErrors = {
  DYN_CHAT_TAP: [
    400,
    'Nothing to tap',
    'Expected {expected}, got {got}. Tap what is shown; a quick reply is gone once something else is shown.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string, message: string]>
