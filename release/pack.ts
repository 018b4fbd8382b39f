/**
 * Makes the npm package in `dist`: `npm run pack`. Node strips no types below node_modules, so what is published is
 * JavaScript with declarations; the repository itself runs without a build.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const target = join(root, 'dist/package')

rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', join(root, 'release/tsconfig.json')], { stdio: 'inherit' })
copyAssets()
copyExamples()
for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE', '.env.example'])
  cpSync(join(root, name), join(target, name))
write('package.json', JSON.stringify(manifest(), null, 2))
const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', join(root, 'dist'), target])
console.log(join(root, 'dist', JSON.parse(String(packed))[0].filename))

/** What the pages of the simulator are made of is no TypeScript. */
function copyAssets(): void {
  for (const path of filesIn('src')) if (!path.endsWith('.ts')) copy(join('src', path), join('dist', path))
}

function copyExamples(): void {
  for (const path of filesIn('examples')) {
    const from = join('examples', path)
    // What `dynablock new` writes is text there, which nothing imports.
    if (!path.endsWith('.ts') || path.startsWith('new/')) copy(from, from)
    else write(from.replace(/\.ts$/, '.js'), stripTypeScriptTypes(readFileSync(join(root, from), 'utf8')))
  }
}

/** That of the repository, for those who install it: no scripts, and nothing that only its own development needs. */
function manifest() {
  const { scripts, devDependencies, optionalDependencies, bin, exports, ...kept } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const built = (path: string) => path.replace('./src/', './dist/').replace(/^src\//, 'dist/')
  return {
    ...kept,
    bin: Object.fromEntries(
      Object.entries<string>(bin).map(([name, path]) => [name, built(path).replace(/ts$/, 'js')]),
    ),
    exports: Object.fromEntries(
      Object.entries<string>(exports).map(([name, path]) => [
        name,
        { types: built(path).replace(/ts$/, 'd.ts'), default: built(path).replace(/ts$/, 'js') },
      ]),
    ),
  }
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(join(root, folder).length + 1))
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(join(target, to)), { recursive: true })
  cpSync(join(root, from), join(target, to))
}

function write(to: string, text: string): void {
  mkdirSync(dirname(join(target, to)), { recursive: true })
  writeFileSync(join(target, to), text)
}
