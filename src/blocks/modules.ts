/** Lets the files of a folder be imported as blocks: TypeScript, without a build, without `node_modules`. */
import { registerHooks } from 'node:module'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Of the published package it is JavaScript. */
const publicModule = new URL(`../index${extname(import.meta.filename)}`, import.meta.url).href
const formats: Record<string, string> = { '.ts': 'module-typescript', '.mts': 'module-typescript' }

/**
 * Makes `import … from 'dynablock'` work in every file, and lets `import` see the files of the folder anew after `renew()`,
 * those that a block imports included.
 */
export function hookModules(folder: string) {
  const inside = `${pathToFileURL(folder).href}/`
  let generation = 0
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === 'dynablock') return { url: publicModule, shortCircuit: true }
      const resolved = nextResolve(specifier, context)
      if (!resolved.url.startsWith(inside) || resolved.url.includes('/node_modules/')) return resolved
      // Without a package.json Node would read TypeScript twice to guess its format, and warn of it.
      const format = formats[/\.\w+$/.exec(resolved.url)?.[0] ?? ''] ?? resolved.format
      return { ...resolved, format, url: `${resolved.url}?v=${generation}` }
    },
  })
  return {
    renew: () => generation++,
    stop: () => hooks.deregister(),
  }
}
