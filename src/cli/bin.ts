#!/usr/bin/env node
/** The entry of `npx dynablock`. Checks the version before it imports anything, because an older Node fails at the import. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `dynablock needs Node.js 22.18 or newer; this is ${process.version}. Update it, or see docs/project.md, Node.`,
  )
  process.exitCode = 1
} else await import('./cli.ts')
