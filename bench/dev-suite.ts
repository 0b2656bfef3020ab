import { readFileSync } from 'node:fs'
import { keyOf } from '../src/base/index.js'
import { completeLevel, levelOfSeverity, noiseOf } from '../src/noise/index.js'
export async function main(args: string[]) {
  const bytes = readFileSync('../shared/data/cifar10/test.bin')
  const n = 200
  const images = Array.from({ length: n }, (_, i) => Float32Array.from(bytes.subarray(i * 3073 + 1, (i + 1) * 3073), b => b / 255))
  const outs = images.map(() => new Float32Array(3072))
  for (const kind of args) {
    const noise = noiseOf('input', kind)
    let best = Infinity, hash = 0
    for (let round = 0; round < 4; round++) {
      const start = process.cpuUsage()
      hash = 0
      for (let s = 1; s <= 5; s++) {
        const level = completeLevel(noise, levelOfSeverity(noise, 'cifar-c', s))
        images.forEach((image, i) => noise.apply(image, outs[i], level, keyOf(0, kind, i), { shape: [3, 32, 32], clip: [0, 1] }))
        for (const out of outs) for (const v of out) hash = (Math.imul(hash, 31) + Math.round(v * 255)) | 0
      }
      const { user, system } = process.cpuUsage(start)
      best = Math.min(best, user + system)
    }
    console.log(kind.padEnd(20), (best / 5 / n).toFixed(0), 'us', hash >>> 0)
  }
}
