/** Polls the server for the sends of the contacts on open pages. */
import type { SendView } from '../../sends/send-view.ts'

export interface SendsWatchOptions {
  /** The sends to a contact. */
  list: (contact: string) => Promise<SendView[]>
  /** The open conversations, with the ids of their contacts. */
  watched: () => { contact: string; setSends(sends: SendView[]): void }[]
  everyMs?: number
}

export function createSendsWatch({ list, watched, everyMs = 400 }: SendsWatchOptions) {
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

  function stop(): void {
    isStopped = true
    clearTimeout(timer)
  }
}
