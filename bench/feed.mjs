// Does decoding keep a training step fed? `node bench/feed.mjs [--epochs 3] [--images 10000] [--batch 64]
// [--network cnn] [--clean]` after `npm run build`, on Linux: `train` on a folder of JPEGs 64x64 with Gaussian noise, 1 thread for the
// session, decoding in worker threads beside it. Epoch 1 decodes, the others find the samples kept.
import { mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { InferenceSession } from 'onnxruntime-node'
import sharp from 'sharp'
import { train } from '../dist/index.js'

const SIDE = 64
const { values: asked } = parseArgs({
  options: {
    epochs: { type: 'string', default: '3' },
    images: { type: 'string', default: '10000' },
    batch: { type: 'string', default: '64' },
    network: { type: 'string', default: 'cnn' },
    clean: { type: 'boolean', default: false },
  },
})

const schedule = openSync('/proc/thread-self/schedstat')
const bytes = Buffer.alloc(100)

/** The thread of the session up to now, in seconds: by the clock, working, ready without a core. */
function thread() {
  const text = bytes.toString('latin1', 0, readSync(schedule, bytes, 0, 100, 0))
  const [worked, queued] = text.split(' ')
  return { clock: performance.now() / 1000, worked: worked / 1e9, queued: queued / 1e9 }
}

/** The same, and the processor time of all threads. */
function all() {
  const { user, system } = process.cpuUsage()
  return { ...thread(), whole: (user + system) / 1e6 }
}

const since = (before, after) =>
  Object.fromEntries(Object.keys(after).map(key => [key, after[key] - before[key]]))

/** Inside sessions, which block the thread that calls them, since the epoch began. */
let inside = { clock: 0, worked: 0 }

function watchSessions() {
  const { run } = InferenceSession.prototype
  InferenceSession.prototype.run = async function (...given) {
    const before = thread()
    const fetched = await run.apply(this, given)
    const { clock, worked } = since(before, thread())
    inside = { clock: inside.clock + clock, worked: inside.worked + worked }
    return fetched
  }
}

function sayEpoch(epoch, { clock, worked, queued, whole }) {
  const asleep = Math.max(0, clock - worked - queued)
  const share = (part, all) => `${((100 * part) / all).toFixed(1)} %`
  console.log(
    `epoch ${epoch}: ${(asked.images / clock).toFixed(0)} images/s in ${clock.toFixed(1)} s; session ${share(inside.clock, clock)} of the clock, ` +
      `${share(inside.worked, worked + asleep)} of the time its thread had a core or slept (other work ${share(worked - inside.worked, worked + asleep)}, ` +
      `asleep for a batch ${share(asleep, worked + asleep)}); without a core ${share(queued, clock)} of the clock; ` +
      `processor: session's thread ${worked.toFixed(1)} s, others ${(whole - worked).toFixed(1)} s`,
  )
}

async function makeImages() {
  const folder = mkdtempSync(join(tmpdir(), 'temper-feed-'))
  for (let c = 0; c < 10; c++) mkdirSync(join(folder, String(c)))
  for (let n = 0; n < asked.images; n++) {
    const pixels = Uint8Array.from(
      { length: SIDE * SIDE * 3 },
      (_, i) => (i * (n + 7) + ((i * i) >> 5)) & 255,
    )
    const jpeg = await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .jpeg()
      .toBuffer()
    writeFileSync(join(folder, String(n % 10), `${n}.jpg`), jpeg)
  }
  return folder
}

const gaussian = { at: 'input', kind: 'gaussian', sigma: { uniform: [0, 0.3] }, clip: [0, 1] }

async function main() {
  const folder = await makeImages()
  watchSessions()
  let begun
  const onEvent = ({ type, epoch }) => {
    if (type === 'epoch') sayEpoch(epoch, since(begun, all()))
    if (begun && type !== 'epoch') return
    begun = all()
    inside = { clock: 0, worked: 0 }
  }
  const recipe = {
    model: { network: asked.network },
    data: { train: folder, validation: 0.05 },
    optimizer: { kind: 'adam', learningRate: 1e-3 },
    train: { epochs: Number(asked.epochs), batch: Number(asked.batch) },
    noise: asked.clean ? [] : [gaussian],
  }
  try {
    await train({ recipe, out: `${folder}-run`, threads: 1, onEvent })
  } finally {
    rmSync(folder, { recursive: true })
    rmSync(`${folder}-run`, { recursive: true, force: true })
  }
}

await main()
