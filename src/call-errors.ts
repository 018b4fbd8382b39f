/** The rows of calls that go out, to ManyChat, Maton and Chatfuel. */
export const callErrors = {
  DYN_CLIENT_OPTIONS: [500, 'Client options not valid', 'Expected {expected}, got {got}. {remedy}'],
  DYN_FIELD_VALUE: [400, 'Field value not valid', 'Expected for a field of type {type} {expected}, got {got}.'],
  DYN_CALL_PARAMS: [
    400,
    'Parameters not valid',
    'Expected for {operation} {expected}, got {got}. Nothing was sent: change the parameters.',
  ],
  DYN_CALL_REFUSED: [
    502,
    'Call refused',
    'Expected {service} to carry out {operation}, got a refusal ({status}): {got}. {remedy}',
  ],
  DYN_CALL_LIMITED: [
    429,
    'Too many calls',
    'Expected {service} to take {operation}, got the answer that the limit is reached: {got}. Call again later.',
  ],
  DYN_CALL_FAILED: [502, 'Call failed', 'Expected an answer of {service} to {operation}, got {got}. {again}'],
  DYN_CALL_ANSWER: [
    502,
    'Answer not understood',
    'Expected of {service} a JSON answer to {operation}, got {got} ({status}). {again}',
  ],
  DYN_MANYCHAT_KEY: [
    502,
    'ManyChat key refused',
    'Expected a key that ManyChat takes for {operation}, got {got}. Copy the key anew from Settings, API; for an App Key look at the scopes of its app.',
  ],
  DYN_MANYCHAT_SCOPE: [
    502,
    'Outside the scope of the app',
    'Expected an App Key whose app asked for {operation}, got {got}. Add the operation under API Access of the app, then install it anew.',
  ],
  DYN_MANYCHAT_UNINSTALLED: [
    502,
    'App uninstalled',
    'Expected {operation} to be answered, got {got}, as ManyChat answers when the app of the key was uninstalled. Install the app again; if it is installed, ManyChat itself failed.',
  ],
  DYN_MANYCHAT_PLAN: [
    502,
    'Plan without API',
    'Expected a page whose plan has the API for {operation}, got {got}. Upgrade the plan of the page to Pro.',
  ],
  DYN_MATON_KEY: [
    502,
    'Maton key refused',
    'Expected a Maton key that is valid for {operation}, got {got}. Copy it anew from the settings of Maton.',
  ],
  DYN_MATON_CONNECTION: [
    502,
    'No ManyChat connection at Maton',
    'Expected an active ManyChat connection at Maton for {operation}, got {got}. Create one and enter the ManyChat key at its url.',
  ],
  DYN_CHATFUEL_TOKEN: [
    502,
    'Chatfuel token refused',
    'Expected a bot token that is valid for {operation}, got {got}. Copy it anew from the Configure tab of the bot.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string, message: string]>
