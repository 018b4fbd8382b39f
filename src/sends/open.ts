/** What needs the store's drivers, loaded once the server listens: they take longer than all the rest of the start. */
import type { AppKeyStorage } from '../manychat/app-keys.ts'
import type { RateLimits } from '../manychat/limits.ts'
import { createAppKeyStorage } from './app-key-storage.ts'
import { createQueue } from './queue.ts'
import type { Queue } from './send.ts'
import { createSharedRateLimits } from './slots.ts'
import { openStore, type StoreOptions } from './store.ts'

export interface OpenStore {
  queue: Queue
  limits: Required<RateLimits>
  appKeys: AppKeyStorage
  close(): Promise<void>
}

/** @throws DynablockError `DYN_STORE_FAILED` when it can't be reached or written, `DYN_STORE_NEWER` */
export async function open(options: StoreOptions): Promise<OpenStore> {
  const store = await openStore(options)
  return {
    queue: createQueue(store),
    limits: createSharedRateLimits(store),
    appKeys: createAppKeyStorage(store),
    close: store.close,
  }
}
