/** The meaning of one of ManyChat's error codes, and what to do. */
export type Explanation = readonly [meaning: string, remedy: string]

const useFlow = 'Send a flow (sendFlow) or wait for the contact to write.'

/**
 * The error codes of refused calls, as ManyChat's Swagger explains them. The Maton gateway's documentation explains some
 * differently; the Swagger wins.
 */
export const platformCodes: Readonly<Record<number, Explanation>> = {
  2011: ['the user_ref is not registered', 'Check where the user_ref came from.'],
  2012: ['the user_ref belongs to no subscriber yet', 'Call again when the contact has opted in.'],
  3011: [
    'more than 24 hours passed since the contact wrote last, or content.type is not of their channel',
    `Check content.type. ${useFlow}`,
  ],
  3021: ['the contact has no one-time notification left for the topic', useFlow],
  3031: ['more than 24 hours passed and no notification reason was given', useFlow],
}

const notOnChannel: Explanation = ['this cannot be sent on that channel', 'Send what the channel takes.']

/** Explains an error code; undefined when ManyChat doesn't document it. */
export function explainCode(code: number | null): Explanation | undefined {
  if (code !== null && code >= 3040 && code <= 3049) return notOnChannel
  return code === null ? undefined : platformCodes[code]
}
