// Finished runs of a proof, kept in a small JSON file so that an interruption loses little.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { train } from '../dist/index.js'

/** What `make` gives for an id, made once and kept in `file`. */
export function keeper(file) {
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  return async (id, make) => {
    if (kept[id]) return kept[id]
    kept[id] = await make()
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.new`, JSON.stringify(kept))
    renameSync(`${file}.new`, file)
    return kept[id]
  }
}

/** Trains a recipe in a folder that is thrown away: result, events, processor seconds; `read` sees the folder. */
export async function trained(recipe, read = () => ({})) {
  const folder = mkdtempSync(join(tmpdir(), 'temper-proof-'))
  const events = []
  const before = process.cpuUsage()
  try {
    const out = join(folder, 'run')
    const onEvent = event => event.type !== 'progress' && events.push(event)
    const result = await train({ recipe, out, threads: 1, onEvent })
    const { user, system } = process.cpuUsage(before)
    return { result, events, seconds: (user + system) / 1e6, ...read(out) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const mean = values => values.reduce((a, b) => a + b, 0) / values.length

/** The last line of a proof's page. */
export const signature = command =>
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0].model}, 1 thread, Node ${process.versions.node}; \`${command}\`.`
