/**
 * Builds the npm package in `dist`: `npm run pack`. Node doesn't strip types below node_modules, so the package contains
 * JavaScript and declarations. The repository itself runs without a build.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'

interface Locked {
  dev?: boolean
  devOptional?: boolean
}

const root = join(import.meta.dirname, '..')
const target = join(root, 'dist/package')

rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', join(root, 'release/tsconfig.json')], { stdio: 'inherit' })
copyAssets()
copyExamples()
// The pages that the README links to. Their pictures are loaded from the web.
for (const path of filesIn('docs')) if (path.endsWith('.md')) copy(join('docs', path), join('docs', path))
for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE', '.env.example'])
  cpSync(join(root, name), join(target, name))
write('package.json', JSON.stringify(manifest(), null, 2))
write('npm-shrinkwrap.json', JSON.stringify(shrinkwrap(), null, 2))
const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', join(root, 'dist'), target])
console.log(join(root, 'dist', JSON.parse(String(packed))[0].filename))

/** The files of the simulator's page, which aren't TypeScript. */
function copyAssets(): void {
  for (const path of filesIn('src')) if (!path.endsWith('.ts')) copy(join('src', path), join('dist', path))
}

function copyExamples(): void {
  for (const path of filesIn('examples')) {
    const from = join('examples', path)
    // Templates of `dynablock new`: copied as text, never imported.
    if (!path.endsWith('.ts') || path.startsWith('new/')) copy(from, from)
    else write(from.replace(/\.ts$/, '.js'), stripTypeScriptTypes(readFileSync(join(root, from), 'utf8')))
  }
}

/** The repository's package.json without scripts and development dependencies, pointing to the built files. */
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

/** The lockfile without what the package doesn't depend on: npm installs exactly these, by their hashes. */
function shrinkwrap() {
  const { packages, ...lock } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { devDependencies, optionalDependencies, ...top } = packages['']
  const kept = Object.entries<Locked>(packages).filter(([path, { dev, devOptional }]) => {
    return (
      path !== '' && !dev && !devOptional && !Object.hasOwn(optionalDependencies, path.replace(/^node_modules\//, ''))
    )
  })
  return { ...lock, packages: { '': top, ...Object.fromEntries(kept) } }
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
