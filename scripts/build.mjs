// Builds dist/: the SIMD kernels (AssemblyScript), then the TypeScript. Skips what is up to date.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

export function build() {
  if (existsSync('scripts/kernels.mjs')) run('scripts/kernels.mjs')
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) build()
