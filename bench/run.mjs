/**
 * Runs a bench written in TypeScript: `node bench/run.mjs step --threads 1`. What it imports from
 * `src` is taken from `dist`, as it ships: worker threads cannot read TypeScript. Build before.
 */
import { existsSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createServer } from 'vite'

const [source, built] = ['src', 'dist'].map(name => resolve(import.meta.dirname, '..', name) + sep)
if (!existsSync(built)) {
  console.error('bench: there is no dist. Run `npm run build` first.')
  process.exit(2)
}

/** Modules of `src` as the built ones. */
const fromBuilt = {
  name: 'from-built',
  enforce: 'pre',
  resolveId(id, importer) {
    if (!importer || !id.startsWith('.')) return undefined
    const path = resolve(dirname(importer), id)
    if (!path.startsWith(source)) return undefined
    return { id: pathToFileURL(path.replace(source, built)).href, external: true }
  },
}

const [name, ...args] = process.argv.slice(2)
if (!/^[a-z-]+$/.test(name ?? '')) {
  console.error('usage: node bench/run.mjs NAME [options], NAME a file bench/NAME.ts')
  process.exit(2)
}
const server = await createServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  plugins: [fromBuilt],
  server: { middlewareMode: true, hmr: false, watch: null },
})
const { main } = await server.ssrLoadModule(new URL(`./${name}.ts`, import.meta.url).pathname)
await main(args)
await server.close()
