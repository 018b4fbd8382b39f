import { callErrors } from './call-errors.ts'
import { chatErrors } from './chat-errors.ts'
import { sendErrors } from './send-errors.ts'

/**
 * Every failure that dynablock names itself is a row of this table: code → HTTP status, title, and what was expected,
 * what came and what to do. `docs/errors.md` lists the same rows; a test compares the two.
 */
export const errorTable = {
  DYN_UNAUTHORIZED: [
    401,
    'Not authorized',
    'Expected exactly one header "Authorization: Bearer <secret>" holding one of WEBHOOK_SECRETS (for /sends and /check: of API_TOKENS), got something else. Set it, for a Dynamic Block under its Headers.',
  ],
  DYN_UNAUTHORIZED_OFTEN: [
    429,
    'Not authorized, too often',
    'Expected at most {limit} calls a minute that fail authentication, got more from this address. Set the right secret: with it a call is let in at once.',
  ],
  DYN_OVERLOADED: [
    503,
    'Overloaded',
    'Expected to have time for this, got more to do than can be done in time. Call again later; look for a block that computes for long, or run more servers.',
  ],
  DYN_SEAL_REFUSED: [
    401,
    'Sealed state refused',
    'Expected in "state" the token that this server put on the tapped button for this block, step and contact; got {got}. Post the payload of the button unchanged.',
  ],
  DYN_BLOCK_UNKNOWN: [
    404,
    'Unknown block',
    'Expected the name of a block; got another path.{hint} The name is the name of its file in BLOCKS_DIR.',
  ],
  DYN_STEP_UNKNOWN: [
    404,
    'Unknown step',
    'Expected a step of this block; got another path. Post to the url of the button.',
  ],
  DYN_ROUTE_UNKNOWN: [
    404,
    'Not found',
    'Expected a path and method that this server has; got others. POST to /blocks/<name of the block>.',
  ],
  DYN_METHOD_UNKNOWN: [
    405,
    'Method not allowed',
    'Expected POST, got {got}. A block is called by POST, with a contact in the body.',
  ],
  DYN_BODY_NOT_JSON: [
    400,
    'Body is not JSON',
    'Expected JSON, got {got}. Check the quotes and commas in the Body tab of the Dynamic Block.',
  ],
  DYN_BODY_REFUSED: [400, 'Body refused', 'Expected plain JSON data, got {got}. Remove it from the body.'],
  DYN_CONTACT_MISSING: [
    400,
    'No contact in the body',
    'Expected Full Contact Data, an object whose "id" is a number, as the body or under one of its keys; got {got}. In the Body tab insert Full Contact Data, save the block, and try again.',
  ],
  DYN_BODY_TOO_LARGE: [
    413,
    'Body too large',
    'Expected at most MAX_BODY_BYTES bytes, got more. Send less, or raise the setting.',
  ],
  DYN_MEDIA_TYPE: [
    415,
    'Media type not supported',
    'Expected JSON without compression, got {got}. Set the header Content-Type: application/json.',
  ],
  DYN_REQUEST_REFUSED: [
    400,
    'Request refused',
    'Expected an HTTP request as ManyChat sends it, got one refused with {got}. Compare it with docs/webhook.md.',
  ],
  DYN_REQUEST_SLOW: [
    408,
    'Request too slow',
    'Expected the headers of a request within {headers} s and all of it within {request} s, got less. Look at the proxy before the server.',
  ],
  DYN_HEADERS_TOO_LARGE: [
    431,
    'Headers too large',
    'Expected at most 16 kB of headers, got more. Remove what the Dynamic Block or a proxy adds.',
  ],
  DYN_INTERNAL: [
    500,
    'Internal error',
    'Expected to answer, got an error of our own. Look for the request id in the log and report it.',
  ],
  DYN_BLOCK_INVALID: [500, 'Block not valid', 'Expected {expected}, got {got}. {remedy}'],
  DYN_BLOCKS_REFUSED: [500, 'Blocks not loaded', 'Expected blocks in {folder}, got:\n{got}'],
  DYN_BLOCK_THREW: [
    500,
    'Block threw',
    'Expected a reply of {where}, got {got}. Look at the line of the block in "at".',
  ],
  DYN_BLOCK_LATE: [
    500,
    'Block too slow',
    'Expected a reply of {where} within {limit} ms, got none. Make it faster, or give the contact a shorter way.',
  ],
  DYN_LATE_NOT_STORED: [
    500,
    'Late reply not stored',
    'Expected the store to keep the late reply of {where} within {limit} ms, got none. Look at the state of the store.',
  ],
  DYN_LEASE_LOST: [
    500,
    'Lease lost',
    'Expected to hold the lease of this send, got another process that took it over. Nothing is to be done: it goes on there.',
  ],
  DYN_TEMPLATE_FAILED: [
    500,
    'Template failed',
    'Expected the template at {path} to be rendered, got {got}. Make it simpler, or write the block in TypeScript.',
  ],
  DYN_REPLY_INVALID: [
    500,
    'Reply not valid',
    'Expected of a handler content, a message, a list of messages, a string or nothing; got {got}. Return what a maker returns.',
  ],
  DYN_CONTENT_INVALID: [500, 'Content not valid', 'Expected content that ManyChat takes, got:\n{got}'],
  DYN_STATE_INVALID: [
    500,
    'State not valid',
    'Expected for step "{step}" the state that `states` declares, got {got}. Pass what the schema says, or change the schema.',
  ],
  DYN_STEP_MISSING: [
    500,
    'Step does not exist',
    'Expected a step of the block ({steps}), got "{step}". Name one of them.',
  ],
  DYN_LISTEN_FAILED: [
    500,
    'Address not available',
    'Expected to listen on HOST {host} and {setting} {port}, got {got}. Stop what listens there, or set another.',
  ],
  DYN_SETTINGS_REFUSED: [500, 'Settings not valid', 'Expected settings that a server can run with, got:\n{got}'],
  DYN_SECRET_UNREADABLE: [
    500,
    'Stored secret unreadable',
    'Expected one of STATE_KEYS to decrypt what is stored, got none that does. Put the old key behind the new one, or install the app again.',
  ],
  DYN_APP_KEY_MISSING: [
    400,
    'No App Key',
    'Expected the App Key in the header "{header}" or as "app_token" in the body, got neither. Put the variable app_token there, in auth.request of the app.',
  ],
  DYN_APP_KEY_REFUSED: [
    400,
    'App Key refused',
    'Expected the App Key of the page that the app was installed on, got {got}. Install the app again.',
  ],
  DYN_PAGE_KEY_MISSING: [
    400,
    'No key for the page',
    'Expected a key for page {page}, got none. Add it to MANYCHAT_API_KEYS, install the app there, or name its connection in MATON_CONNECTIONS.',
  ],
  DYN_CHANNEL_UNKNOWN: [
    400,
    'Unknown channel',
    'Expected at most ?channel=, one of {channels}, got {got}. Name one of them, or none.',
  ],
  DYN_PAGE_UNKNOWN: [
    400,
    'Page not named',
    'Expected the id of a page, or exactly one configured page; got no id, and {count} pages. Put Full Contact Data into the body of a block, name the page of a send, or configure a key in MANYCHAT_API_KEYS.',
  ],
  ...callErrors,
  ...sendErrors,
  ...chatErrors,
} as const satisfies Record<string, readonly [status: number, title: string, message: string]>

export type ErrorCode = keyof typeof errorTable

type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never
/** What fills the `{placeholders}` of a row. */
export type Values<Code extends ErrorCode> = Record<Placeholders<(typeof errorTable)[Code][2]>, string | number>

/** An error of the table. `message` never holds a secret or what a contact wrote. */
export class DynablockError extends Error {
  override readonly name: string = 'DynablockError'
  readonly code: ErrorCode
  readonly status: number
  readonly title: string

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    const [status, title] = errorTable[code]
    this.status = status
    this.title = title
  }
}

/** Makes the error of that row; the compiler asks for a value of each `{placeholder}` of its message. */
export function createError<Code extends ErrorCode>(
  code: Code,
  ...[values, options]: [Placeholders<(typeof errorTable)[Code][2]>] extends [never]
    ? [values?: undefined, options?: ErrorOptions]
    : [values: Values<Code>, options?: ErrorOptions]
): DynablockError {
  return new DynablockError(code, formatMessage(code, values), options)
}

/** The message of that row, filled. */
export function formatMessage(code: ErrorCode, values: Record<string, string | number> = {}): string {
  return errorTable[code][2].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
}
