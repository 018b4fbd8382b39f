import { callErrors } from './call-errors.ts'
import { chatErrors } from './chat-errors.ts'
import { contactErrors } from './contact-errors.ts'
import { refusalErrors } from './refusal-errors.ts'
import type { Row } from './row.ts'
import { sendErrors } from './send-errors.ts'

/**
 * Every error of dynablock's own is a row of this table: code → HTTP status, title, sentence, remedy. `docs/errors.md`
 * lists the same rows; a test compares the two.
 */
export const errorTable = {
  ...refusalErrors,
  DYN_BLOCK_INVALID: [500, 'Block not valid', 'The block is not valid: expected {expected}, got {got}.', '{remedy}'],
  DYN_BLOCKS_REFUSED: [500, 'Blocks not loaded', 'The blocks in {folder} could not be loaded:\n{problems}'],
  DYN_BLOCK_THREW: [
    500,
    'Block threw',
    'The handler of {where} threw {got}.',
    'Look at the line of the block in "at", in the log.',
  ],
  DYN_BLOCK_LATE: [
    500,
    'Block too slow',
    'The handler of {where} took longer than {limit} ms.',
    'Make it faster, or raise replyWithinMs.',
  ],
  DYN_LATE_NOT_STORED: [
    500,
    'Late reply not stored',
    'The late reply of {where} could not be stored within {limit} ms.',
    'Check the store.',
  ],
  DYN_CALL_UNREADABLE: [
    500,
    'Stored call not readable',
    'The stored call is not one that this release can read: {got}.',
    'Run the release that stored it, or let the call go.',
  ],
  DYN_LEASE_LOST: [
    500,
    'Lease lost',
    'Another process took this work over, because this one renewed its lease too late.',
    'Nothing needs to be done: the work goes on there.',
  ],
  DYN_TEMPLATE_FAILED: [
    500,
    'Template failed',
    'The template at {path} could not be rendered: {got}.',
    'Make it simpler, or write the block in TypeScript.',
  ],
  DYN_REPLY_INVALID: [
    500,
    'Reply not valid',
    'A handler returns content, a message, a list of messages, a string or nothing; this one returned {got}.',
    'Return what a maker returns.',
  ],
  DYN_CONTENT_INVALID: [500, 'Content not valid', 'ManyChat would refuse this content:\n{problems}'],
  DYN_STATE_INVALID: [
    500,
    'State not valid',
    'The state for step "{step}" must match its schema in `states`; got {got}.',
    'Pass what the schema says, or change the schema.',
  ],
  DYN_STEP_MISSING: [
    500,
    'Step does not exist',
    'The block has no step "{step}"; its steps are {steps}.',
    'Name one of them.',
  ],
  DYN_LISTEN_FAILED: [
    500,
    'Address not available',
    'The server cannot listen on HOST {host} and {setting} {port}: {got}.',
    'Stop what listens there, or set another address.',
  ],
  DYN_DEV_MISSING: [
    500,
    'Development tools missing',
    'The installation has no development tools, as in the image, but {what} needs them.',
    'Use a clone of the repository, or npx.',
  ],
  DYN_SETTINGS_REFUSED: [500, 'Settings not valid', 'The server cannot run with these settings:\n{problems}'],
  DYN_SECRET_UNREADABLE: [
    500,
    'Stored secret unreadable',
    'None of STATE_KEYS decrypts a stored secret.',
    'Put the old key after the new one, or install the app again.',
  ],
  DYN_APP_KEY_MISSING: [
    400,
    'No App Key',
    'There is no App Key, neither in the header "{header}" nor as "app_token" in the body.',
    'Put the variable app_token there, in auth.request of the app.',
  ],
  DYN_APP_KEY_REFUSED: [
    400,
    'App Key refused',
    'The App Key is not the one of the page that the app was installed on; got {got}.',
    'Install the app again.',
  ],
  DYN_APP_PAGE_UNPROVEN: [
    403,
    'Page not proven',
    'The app may not call page.getInfo, so nothing proves that its key is one of page {page}, which has a key.',
    'Add page.getInfo to the scopes of the app, or install it by APP_INSTALL_SECRETS.',
  ],
  DYN_APP_PAGE_REFUSED: [
    403,
    'Page not allowed',
    'The app may not be installed on page {page}.',
    'Add the page to APP_PAGES.',
  ],
  DYN_APP_INSTALL_SECRET: [
    403,
    'Install address without its secret',
    'A webhook secret installs no app here, because APP_INSTALL_SECRETS is set.',
    'Let auth.request of the app post to /apps/installed/<one of APP_INSTALL_SECRETS>.',
  ],
  DYN_APP_KEY_UNKNOWN: [404, 'No App Key', 'The app is not installed on this page.', 'GET /app-keys lists the pages.'],
  DYN_PAGE_KEY_MISSING: [
    400,
    'No key for the page',
    'There is no key for page {page}.',
    'Add it to MANYCHAT_API_KEYS, install the app there, or name its connection in MATON_CONNECTIONS.',
  ],
  DYN_CHANNEL_UNKNOWN: [
    400,
    'Unknown channel',
    'The only parameter is ?channel=, which is one of {channels}; got {got}.',
    'Name one of them, or none.',
  ],
  DYN_PAGE_UNKNOWN: [
    400,
    'Page not named',
    'No page is named, and {count} pages are configured instead of exactly one.',
    'Put Full Contact Data into the body of a block, name the page of a send, or set DEFAULT_PAGE.',
  ],
  ...callErrors,
  ...sendErrors,
  ...chatErrors,
  ...contactErrors,
} as const satisfies Record<string, Row>

export type ErrorCode = keyof typeof errorTable
