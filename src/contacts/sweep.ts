import type { Cipher } from '../settings/cipher.ts'
import { contextOf } from './room.ts'
import type { KeptMemory, RoomStore } from './room-store.ts'

/** Deletes what has expired, and encrypts with the first key what another one did. */
export async function sweepRooms(
  rooms: Pick<RoomStore, 'sweep' | 'listSealedBy' | 'reseal'>,
  cipher: Cipher,
): Promise<void> {
  await rooms.sweep()
  const [current, ...older] = cipher.keyNames
  if (older.length === 0) return
  for (let renewed = 1; renewed > 0; ) {
    renewed = 0
    for (const memory of await rooms.listSealedBy(older)) {
      const value = renew(memory)
      if (value === null) continue
      await rooms.reseal(memory, value, current)
      renewed++
    }
  }

  /** null for what was changed in the store: it stays as it is. */
  function renew(memory: KeptMemory): string | null {
    const context = contextOf(memory, memory.block)
    try {
      return cipher.encrypt(cipher.decrypt(memory.value, context), context)
    } catch {
      return null
    }
  }
}
