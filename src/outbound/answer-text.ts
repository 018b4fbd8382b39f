/**
 * The text of an answer; null when it is longer than that, and the rest is not read. Something broken between us and a platform
 * may send without an end, which would take all memory long before the deadline.
 */
export async function readText({ body }: Pick<Response, 'body'>, mostBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop cancels the rest.
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > mostBytes) return null
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
