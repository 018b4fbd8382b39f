/** Polls the server for the sends of the contacts on open pages. */

import type { SendList, SendView } from '../../sends/send-view.ts'

export interface SendsWatchOptions {
  ownUrl: () => string
  apiToken: string
  /** The open conversations, with the ids of their contacts. */
  watched: () => { contact: string; setSends(sends: SendView[]): void }[]
  everyMs?: number
}

export function createSendsWatch({ ownUrl, apiToken, watched, everyMs = 400 }: SendsWatchOptions) {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  return { start: () => schedule(), stop }

  function schedule(): void {
    if (!isStopped) timer = setTimeout(poll, everyMs).unref()
  }

  async function poll(): Promise<void> {
    for (const { contact, setSends } of watched()) {
      // The store may not be open yet, or be unreachable: keep showing the last state.
      await list(contact).then(setSends, () => undefined)
    }
    schedule()
  }

  async function list(contact: string): Promise<SendView[]> {
    const url = `${ownUrl()}/sends?addressee=${encodeURIComponent(contact)}&limit=20`
    const response = await fetch(url, { headers: { authorization: `Bearer ${apiToken}` } })
    if (!response.ok) throw new Error(`status ${response.status}`)
    // Ids are bare numbers here, small enough for JSON.parse.
    const { sends } = (await response.json()) as SendList
    return sends
  }

  function stop(): void {
    isStopped = true
    clearTimeout(timer)
  }
}
