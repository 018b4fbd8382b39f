/** Where the process begins. What is compiled is kept for the next start, which takes two thirds of the time then. */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Not in the folder for temporary files, where on a shared machine somebody else could leave code for us.
enableCompileCache(fileURLToPath(new URL('../.compile-cache', import.meta.url)))
await import('./serve.ts')
