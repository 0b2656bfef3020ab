// Builds dist/: the SIMD kernels (AssemblyScript), the TypeScript, the recipe's JSON Schema, the bundle.
// Types are not checked here: `npm run types` does.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { bundle } from './bundle.mjs'

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

export async function build() {
  run('scripts/kernels.mjs')
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
  const { recipeJsonSchema } = await import(pathToFileURL('dist/recipe/json-schema.js').href)
  writeFileSync('dist/recipe.schema.json', `${JSON.stringify(recipeJsonSchema(), null, 2)}\n`)
  await bundle()
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await build()
