// Joins the modules behind the command line and behind its child processes into a few files in
// dist/bundle: a process starts in half the time when it need not open some 500 of them. The small
// packages that every command needs go in too, with their licences; the others stay in node_modules,
// and every other module of dist stays as it is, for who imports it.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const packages = fileURLToPath(new URL('../node_modules', import.meta.url))
const out = join(dist, 'bundle')
const first = '#!/usr/bin/env node\n// Starts the bundle.\n'
const entries = { main: 'cli/main.js', entry: 'jobs/entry.js' }
const joined = ['commander', 'picocolors', 'yaml', 'zod']
const licences = 'LICENCES.txt'

/** A module asks for its neighbours (workers, package.json) from where it was before. */
const ownAddress = {
  name: 'own-address',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null
    const address = `new URL(${JSON.stringify(relative(out, id))}, import.meta.url).href`
    return code.replaceAll('import.meta.url', address)
  },
}

/** Its own helpers and the joined packages go in. */
function staysOutside(id) {
  if (/^[./]|^@oxc-project\//.test(id)) return false
  return !joined.includes(id)
}

export async function bundle() {
  // Not above: before the first install it is not there.
  const { rolldown } = await import('rolldown')
  const inputs = Object.entries(entries).map(([name, file]) => [name, kept(file)])
  const build = await rolldown({
    input: Object.fromEntries(inputs),
    platform: 'node',
    external: staysOutside,
    plugins: [ownAddress],
  })
  const { output } = await build.write({ dir: out, format: 'esm', chunkFileNames: '[name].js' })
  writeFileSync(join(out, licences), joined.map(licenceOf).join('\n'))
  const written = new Set([licences, ...output.map(({ fileName }) => fileName)])
  for (const file of readdirSync(out)) if (!written.has(file)) rmSync(join(out, file))
  for (const [name, file] of Object.entries(entries))
    writeFileSync(join(dist, file), `${first}import '../bundle/${name}.js'\n`)
}

/** What a package asks to be kept with copies of it. */
function licenceOf(name) {
  const folder = join(packages, name)
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return `${name} ${version}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8')}`
}

/** An entry as the compiler wrote it, kept aside: it writes anew only what has changed. */
function kept(file) {
  const aside = join(dist, file.replace(/\.js$/, '.whole.js'))
  const text = readFileSync(join(dist, file), 'utf8')
  if (!text.startsWith(first)) writeFileSync(aside, text)
  return aside
}
