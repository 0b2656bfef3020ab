// Does decoding keep a training step fed? 10,000 JPEGs 64x64, a step that blocks its thread.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'

const IMAGES = 10_000
const SIDE = 64

/** `node bench/feed.mjs [milliseconds of a step, default 50]`, after `npm run build`. */
async function main(step) {
  const { batches, openData } = await import('../dist/data/index.js')
  const folder = await makeImages()
  try {
    const dataset = await openData(folder)
    for (let epoch = 0; epoch < 3; epoch++) {
      const begin = performance.now()
      let waited = 0
      let asked = begin
      for await (const { rows } of batches(dataset, { batch: 128, order: 'shuffled', epoch })) {
        waited += performance.now() - asked
        block((Number(step) * rows) / 128)
        asked = performance.now()
      }
      const seconds = (performance.now() - begin) / 1000
      const busy = 100 * (1 - waited / 1000 / seconds)
      console.log(
        `epoch ${epoch}${epoch ? ' (kept in memory)' : ' (decoded)'}: ${(IMAGES / seconds).toFixed(0)} images/s, ` +
          `step busy ${busy.toFixed(1)} % of ${seconds.toFixed(1)} s`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A running session blocks the thread that started it. */
function block(milliseconds) {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

async function makeImages() {
  const folder = mkdtempSync(join(tmpdir(), 'temper-feed-'))
  for (let c = 0; c < 10; c++) mkdirSync(join(folder, String(c)))
  for (let n = 0; n < IMAGES; n++) {
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

await main(process.argv[2] ?? '50')
