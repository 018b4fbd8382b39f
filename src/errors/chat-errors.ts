import type { Row } from './row.ts'

/** The rows of `errorTable` for talking with a block in tests, in a terminal and in the simulator. */
export const chatErrors = {
  DYN_CHAT_OPTIONS: [
    400,
    'Chat options not valid',
    'The options are not valid: expected {expected}, got {got}.',
    '{remedy}',
  ],
  DYN_CHAT_TAP: [
    400,
    'Nothing to tap',
    '{got} cannot be tapped: expected {expected}.',
    'Tap what is shown; a quick reply is gone once something else is shown.',
  ],
  DYN_CHAT_UNHEARD: [
    400,
    'Nobody listens',
    'No block listens for this message: {got}.',
    'Register a listener with listen() in the answer before, or check chat.isListening first.',
  ],
  DYN_CHAT_FAILED: [
    500,
    'Block failed in the chat',
    'The block failed:\n{got}\nFix it, or open the chat with strict: false to see what the contact sees.',
  ],
  DYN_SIMULATOR_HOST: [
    403,
    'Only for this machine',
    'The simulator and the docs of a server in development can only be opened at localhost; got {got}.',
    'Open the address that the server printed at its start; from another machine, through ssh -L.',
  ],
  DYN_SIMULATOR_ORIGIN: [
    403,
    'Simulator is driven by its own page',
    'The request came from another site, not from the page /simulator.',
    'Open the simulator itself.',
  ],
  DYN_SIMULATOR_TOKEN: [
    401,
    'Only with the token of this run',
    'The simulator and the docs of a server in development are only for those who have the token of this run.',
    'Open the address that the server printed at its start, which contains the token.',
  ],
  DYN_SIMULATOR_INVALID: [
    400,
    'Simulator request not valid',
    'The request is not valid: expected {expected}, got {got}.',
    'Reload the page.',
  ],
  DYN_SIMULATOR_TALK: [
    404,
    'Unknown conversation',
    'This conversation belongs to an earlier run of the server.',
    'Start a new one, or restore a saved one.',
  ],
  DYN_SIMULATOR_KEY: [
    401,
    'Key of no page',
    'The Authorization header has no key that the simulator accepts.',
    'Send "Authorization: Bearer <page id>:simulator".',
  ],
  DYN_SIMULATOR_CONTACT: [
    404,
    'Unknown contact',
    'The page has no contact with this id.',
    'Take the id of a contact of the simulator, or one that createSubscriber returned.',
  ],
  DYN_SIMULATOR_RESTART: [501, 'No restart', 'The server cannot restart itself here: {got}.', 'Restart it by hand.'],
  DYN_FIXTURE_INVALID: [
    400,
    'No recorded conversation',
    'This is not a recorded conversation: expected {expected}, got {got}.',
    'Record it again, or correct the file.',
  ],
} as const satisfies Record<string, Row>
