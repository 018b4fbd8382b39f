import { defineBlock, type Reply } from 'dynablock'

/** Returns as content what it was sent, whatever that is. */
export default defineBlock({ open: ({ extras }) => extras.content as Reply })
