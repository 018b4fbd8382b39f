/** Looks after the sends of the contacts that somebody watches, as the server tells of them. */

/** What `GET /sends` tells of each. */
export interface ListedSend {
  id: string
  state: string
  operation: string
  late_reply: boolean
  attempts: number
  last_error: { code: string; message: string } | null
  created_at: string
  updated_at: string
  not_before: string
}

export interface SendsWatchOptions {
  ownUrl: () => string
  apiToken: string
  /** Those who are looked after, by the id of their contact. */
  watched: () => { contact: string; setSends(sends: ListedSend[]): void }[]
  everyMs?: number
}

export function createSendsWatch({ ownUrl, apiToken, watched, everyMs = 400 }: SendsWatchOptions) {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  return { start: () => schedule(), stop }

  function schedule(): void {
    if (!isStopped) timer = setTimeout(look, everyMs).unref()
  }

  async function look(): Promise<void> {
    for (const { contact, setSends } of watched()) {
      // The store may not be open yet, or away: what is known stays shown.
      await list(contact).then(setSends, () => undefined)
    }
    schedule()
  }

  async function list(contact: string): Promise<ListedSend[]> {
    const url = `${ownUrl()}/sends?addressee=${encodeURIComponent(contact)}&limit=20`
    const response = await fetch(url, { headers: { authorization: `Bearer ${apiToken}` } })
    if (!response.ok) throw new Error(`status ${response.status}`)
    // Ids are written as bare digits; they are few enough to be numbers here, and shown as they are.
    const { sends } = (await response.json()) as { sends: ListedSend[] }
    return sends
  }

  function stop(): void {
    isStopped = true
    clearTimeout(timer)
  }
}
