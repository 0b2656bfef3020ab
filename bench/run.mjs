/** Runs a bench written in TypeScript: `node bench/run.mjs step --threads 1`. */
import { createServer } from 'vite'

const [name, ...args] = process.argv.slice(2)
if (!/^[a-z-]+$/.test(name ?? '')) {
  console.error('usage: node bench/run.mjs NAME [options], NAME a file bench/NAME.ts')
  process.exit(2)
}
const server = await createServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, watch: null },
})
const { main } = await server.ssrLoadModule(new URL(`./${name}.ts`, import.meta.url).pathname)
await main(args)
await server.close()
