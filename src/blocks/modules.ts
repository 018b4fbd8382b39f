/** Makes the files of a folder importable as blocks: TypeScript, without a build, without `node_modules`. */
import { registerHooks } from 'node:module'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'

/** In the published package it is JavaScript. */
const publicModule = new URL(`../index${extname(import.meta.filename)}`, import.meta.url).href
const formats: Record<string, string> = { '.ts': 'module-typescript', '.mts': 'module-typescript' }

/**
 * Makes `import … from 'dynablock'` work in every file. After `renew()`, `import` loads the folder's files again, including
 * those that blocks import.
 */
export function hookModules(folder: string) {
  const inside = `${pathToFileURL(folder).href}/`
  let generation = 0
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === 'dynablock') return { url: publicModule, shortCircuit: true }
      const resolved = nextResolve(specifier, context)
      if (!resolved.url.startsWith(inside) || resolved.url.includes('/node_modules/')) return resolved
      // Without a package.json, Node would parse TypeScript twice to guess its format, and warn about it.
      const format = formats[/\.\w+$/.exec(resolved.url)?.[0] ?? ''] ?? resolved.format
      return { ...resolved, format, url: `${resolved.url}?v=${generation}` }
    },
  })
  return {
    renew: () => generation++,
    stop: () => hooks.deregister(),
  }
}
