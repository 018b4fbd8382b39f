import type { Row } from './row.ts'

/** The rows of `errorTable` for requests that are refused. */
export const refusalErrors = {
  DYN_UNAUTHORIZED: [
    401,
    'Not authorized',
    'The call has no valid secret.',
    'Send exactly one header "Authorization: Bearer <secret>" with one of WEBHOOK_SECRETS (for /sends, /check, /app-keys, /contacts and /metrics: of API_TOKENS). In a Dynamic Block it belongs under Headers.',
  ],
  DYN_UNAUTHORIZED_OFTEN: [
    429,
    'Not authorized, too often',
    'Requests without a valid secret or seal came from this address more than {limit} times in a minute.',
    'Set the right secret: a call with it is let in at once.',
  ],
  DYN_SECRET_LIMITED: [
    403,
    'Secret limited',
    'This webhook secret enters only the blocks that WEBHOOK_SECRETS lists behind it.',
    'Use the secret of this block, or add the block to the entry: <secret>@<block>+<block>.',
  ],
  DYN_TOKEN_SCOPE: [
    403,
    'Token limited',
    'This API token does not have the scope "{scope}".',
    'Use another token, or add the scope to its entry in API_TOKENS: <name>:<scope>+<scope>:<token>.',
  ],
  DYN_OVERLOADED: [
    503,
    'Overloaded',
    'The server is overloaded.',
    'Call again later; look for a block that computes for a long time, or run more servers.',
  ],
  DYN_SEAL_REFUSED: [
    401,
    'Sealed state refused',
    'The "state" is not the token that this server put on the tapped button; got {got}.',
    'Post the payload of the button unchanged.',
  ],
  DYN_BLOCK_UNKNOWN: [
    404,
    'Unknown block',
    'No block has this name.{hint}',
    'A block is named after its file in BLOCKS_DIR.',
  ],
  DYN_STEP_UNKNOWN: [404, 'Unknown step', 'The block has no such step.', 'Post to the url of the button.'],
  DYN_ROUTE_UNKNOWN: [404, 'Not found', 'There is no such route.', 'A block is called by POST /blocks/<its name>.'],
  DYN_METHOD_UNKNOWN: [
    405,
    'Method not allowed',
    'A block is called by POST, not by {got}.',
    'Send a POST with a contact in its body.',
  ],
  DYN_BODY_NOT_JSON: [
    400,
    'Body is not JSON',
    'The body is not JSON; got {got}.',
    'Check the quotes and commas; for a Dynamic Block, in its Body tab.',
  ],
  DYN_BODY_REFUSED: [400, 'Body refused', 'The body has {got}, which is not accepted.', 'Remove it from the body.'],
  DYN_CONTACT_MISSING: [
    400,
    'No contact in the body',
    'The body has no contact: it has neither Full Contact Data nor an id of digits under a name like "subscriber_id" (got {got}).',
    'Insert Full Contact Data in the Body tab, save the block, and try again.',
  ],
  DYN_CONTACT_AMBIGUOUS: [
    400,
    'Two contacts in the body',
    'The body names two contacts, at {got}.',
    'Leave one of them in the Body tab.',
  ],
  DYN_BODY_TOO_LARGE: [
    413,
    'Body too large',
    'The body is longer than MAX_BODY_BYTES, or than 128 kB in a callback.',
    'Send less, or raise the setting.',
  ],
  DYN_BODIES_FULL: [
    503,
    'Too many bodies at once',
    'The bodies of all requests that are being received have reached MAX_BODIES_BYTES.',
    'Call again later; if ManyChat alone sends so much, raise the setting.',
  ],
  DYN_MEDIA_TYPE: [
    415,
    'Media type not supported',
    'The body must be JSON without compression; got {got}.',
    'Set the header Content-Type: application/json.',
  ],
  DYN_REQUEST_REFUSED: [
    400,
    'Request refused',
    'The request was refused with {got}.',
    'Compare it with docs/webhook.md.',
  ],
  DYN_REQUEST_SLOW: [
    408,
    'Request too slow',
    'The request arrived too slowly: the headers must arrive within {headers} s, all of it within {request} s.',
    'Check the proxy in front of the server.',
  ],
  DYN_HEADERS_TOO_LARGE: [
    431,
    'Headers too large',
    'The headers are longer than 16 kB.',
    'Remove what the Dynamic Block or a proxy adds.',
  ],
  DYN_INTERNAL: [
    500,
    'Internal error',
    'dynablock itself failed.',
    'Look for the request id in the log, and report the error there.',
  ],
} as const satisfies Record<string, Row>
