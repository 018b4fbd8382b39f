/** What needs the store's drivers, loaded once the server listens: they take longer than all the rest of the start. */
import { createRoomStore } from '../contacts/room-store.ts'
import { createQueue } from '../queue/queue.ts'
import { createAppKeyStorage } from '../store/app-key-storage.ts'
import { createSharedRateLimits } from '../store/rate-limits.ts'
import { openStore, type StoreOptions } from '../store/store.ts'

export interface OpenOptions extends StoreOptions {
  tellsOutcomes?: boolean
  /** In place of the store's clock, for what expires. */
  expiryNow?: (() => number) | undefined
}

export type OpenStore = Awaited<ReturnType<typeof open>>

/** @throws DynablockError `DYN_STORE_FAILED` when it can't be reached or written, `DYN_STORE_NEWER` */
export async function open({ tellsOutcomes = false, expiryNow, ...options }: OpenOptions) {
  const store = await openStore(options)
  return {
    store,
    queue: createQueue(store, { tellsOutcomes }),
    limits: createSharedRateLimits(store),
    appKeys: createAppKeyStorage(store),
    rooms: createRoomStore(store, expiryNow),
    probe: store.probe,
    close: store.close,
  }
}
