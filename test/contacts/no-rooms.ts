import type { Rooms } from '../../src/calls/turn.ts'

/** For blocks without memory. */
export const noRooms: Rooms = {
  open() {
    throw new Error('no block here has memory')
  },
  forget: async () => {},
}
