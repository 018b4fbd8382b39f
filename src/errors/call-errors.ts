import type { Row } from './row.ts'

/** The rows of `errorTable` for outbound calls, to ManyChat, Maton and Chatfuel. */
export const callErrors = {
  DYN_CLIENT_OPTIONS: [
    500,
    'Client options not valid',
    'The client cannot be made: expected {expected}, got {got}.',
    '{remedy}',
  ],
  DYN_FIELD_VALUE: [400, 'Field value not valid', 'A field of type {type} takes {expected}; got {got}.'],
  DYN_CALL_PARAMS: [
    400,
    'Parameters not valid',
    'The parameters of {operation} are not valid: expected {expected}, got {got}.',
    'Nothing was sent: change the parameters.',
  ],
  DYN_CALL_REFUSED: [502, 'Call refused', '{service} refused {operation} ({status}): {got}.', '{remedy}'],
  DYN_CALL_NAME_UNKNOWN: [
    502,
    'Tag or field unknown',
    '{service} refused {operation} ({status}), because the page has no such tag or field: {got}.',
    'Create it in ManyChat, or correct its name.',
  ],
  DYN_CALL_DOUBTFUL: [
    502,
    'Refused, and perhaps delivered',
    '{service} refused {operation} ({status}) with words that it has also used for media that did arrive: {got}.',
    'Look into the Live Chat of the contact before you send it again.',
  ],
  DYN_CALL_LIMITED: [
    429,
    'Too many calls',
    'The limit of {service} is reached for {operation}: {got}.',
    'Call again later.',
  ],
  DYN_CALL_FAILED: [502, 'Call failed', '{service} did not answer {operation} as it should: {got}.', '{again}'],
  DYN_CALL_ANSWER: [
    502,
    'Answer not understood',
    '{service} answered {operation} with {got} ({status}) instead of the JSON expected.',
    '{again}',
  ],
  DYN_MANYCHAT_KEY: [
    502,
    'ManyChat key refused',
    'ManyChat refused the key for {operation}: {got}.',
    'Copy the key again from Settings, API; for an App Key, check the scopes of its app.',
  ],
  DYN_MANYCHAT_NO_KEY: [
    502,
    'No key arrived',
    'ManyChat got no key with {operation}: {got}.',
    'Something on the way drops the header Authorization: check the proxies, MANYCHAT_API_URL, and the connection at Maton.',
  ],
  DYN_MANYCHAT_SCOPE: [
    502,
    'Outside the scope of the app',
    'The app of this App Key may not call {operation}: {got}.',
    'Add the operation under API Access of the app, then install it again.',
  ],
  DYN_MANYCHAT_UNINSTALLED: [
    502,
    'App uninstalled',
    'ManyChat answered {operation} as it does after the app of the key was uninstalled: {got}.',
    'Install the app again; if it is installed, ManyChat itself failed.',
  ],
  DYN_MANYCHAT_PLAN: [
    502,
    'Plan without API',
    'The plan of the page does not include the API, so ManyChat refused {operation}: {got}.',
    'Upgrade the page to Pro.',
  ],
  DYN_MATON_KEY: [
    502,
    'Maton key refused',
    'Maton refused its key for {operation}: {got}.',
    'Copy it again from the settings of Maton.',
  ],
  DYN_MATON_CONNECTION: [
    502,
    'No ManyChat connection at Maton',
    'Maton has no active ManyChat connection for {operation}: {got}.',
    'Create one and enter the ManyChat key at its url.',
  ],
  DYN_MATON_APP: [
    502,
    'App unknown to Maton',
    'Maton knows no app of the name in the address of {operation}: {got}.',
    'Omit baseUrl, or let it end in /manychat.',
  ],
  DYN_MATON_PATH: [
    502,
    'Path unknown to Maton',
    'Maton itself, not ManyChat, has nothing at the address of {operation}: {got}.',
    'Check baseUrl. If it is right, the gateway does not pass on this operation.',
  ],
  DYN_CHATFUEL_TOKEN: [
    502,
    'Chatfuel token refused',
    'Chatfuel refused the bot token for {operation}: {got}.',
    'Copy it again from the Configure tab of the bot.',
  ],
} as const satisfies Record<string, Row>
