/** The rows of `errorTable` for talking with a block in tests, in a terminal and in the simulator. */
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
  DYN_SIMULATOR_HOST: [
    403,
    'Simulator is for this machine',
    'Expected the simulator to be opened at localhost, got {got}. Open http://localhost:<PORT>/simulator, from another machine through ssh -L.',
  ],
  DYN_SIMULATOR_ORIGIN: [
    403,
    'Simulator is driven by its own page',
    'Expected a request of the page /simulator, got one of another site. Open the simulator itself.',
  ],
  DYN_SIMULATOR_INVALID: [
    400,
    'Simulator request not valid',
    'Expected {expected}, got {got}. Reload the page; a file must be one that the simulator saved.',
  ],
  DYN_SIMULATOR_TALK: [
    404,
    'Unknown conversation',
    'Expected a conversation of this run of the server, got another. Begin a new one, or put a saved one back.',
  ],
  DYN_SIMULATOR_RESTART: [
    501,
    'No restart',
    'Expected a platform where a process can be replaced, got another: {got}. Start the server again by hand.',
  ],
  DYN_FIXTURE_INVALID: [
    400,
    'No recorded conversation',
    'Expected a recorded conversation, at {path} {expected}; got something else. Record it anew, or correct the file.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string, message: string]>
