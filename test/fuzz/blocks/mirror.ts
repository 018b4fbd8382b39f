import { defineBlock, type Reply } from 'dynablock'

/** Returns whatever it was sent as content. */
export default defineBlock({ open: ({ extras }) => extras.content as Reply })
