// Installs and builds when needed, so that `npm run demo` and `npm test` work alone on a fresh clone.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { build } from './build.mjs'

const stamp = 'node_modules/.temper-installed'

function run(command, ...args) {
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' }
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2], env, shell: false })
  if (status !== 0) process.exit(status ?? 1)
}

const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
const installed = existsSync(stamp) && readFileSync(stamp, 'utf8') === lock
if (!installed) {
  console.error('temper: installing the dependencies (once)')
  // Not `npm ci`: it refuses a lock file without the binaries of every other platform.
  run('npm', 'install', '--no-save', '--loglevel=error')
  writeFileSync(stamp, lock)
}
await build()
