/**
 * Starts the server of this folder. With `--development`, which `npm start` gives, an unset NODE_ENV means development;
 * otherwise it means production. Compiled code is kept for the next start, which then takes two thirds of the time.
 * `--max-semi-space-size=16`, which Node accepts only before the file name, keeps the young generation from growing to
 * 128 MB: that saves 80 MB under load and costs no time.
 *
 * This file is JavaScript because for one in TypeScript, Node would load its type stripper: 14 MB that nothing else needs
 * once compiled code is kept. Nothing is imported before the version is known, as an older Node fails at the import.
 */
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `dynablock needs Node.js 22.18 or newer; this is ${process.version}. Update it, or see docs/project.md, Node.`,
  )
  process.exitCode = 1
} else {
  const [{ enableCompileCache }, { fileURLToPath }] = await Promise.all([import('node:module'), import('node:url')])
  // Not in the system's temporary folder, where on a shared machine somebody else could plant code.
  enableCompileCache(fileURLToPath(new URL('.compile-cache', import.meta.url)))
  const { serve } = await import('./src/server.ts')
  await serve({ mode: process.argv[2] === '--development' ? 'development' : undefined })
}
