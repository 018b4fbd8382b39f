/** Opens the store, as a starting server does. */
import { openStore } from '../../../src/store/store.ts'

const store = await openStore(JSON.parse(process.argv[2] as string))
await store.close()
process.send?.('open')
