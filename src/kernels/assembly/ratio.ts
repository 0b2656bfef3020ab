// Noise added to waveforms at a given ratio of their powers, a batch at once.
import { energy } from './reduce'

/** Chunk in which energies are summed, in floats: the same as for arrays that are staged. */
const chunk: u32 = 16384

/** The energy of so many floats, the last few of them through `spare`, 16 floats. */
function energyOf(x: usize, length: u32, spare: usize): f64 {
  const whole = length & ~15
  let sum: f64 = 0
  for (let from: u32 = 0; from < whole; from += chunk) sum += energy(x + (<usize>from << 2), min(chunk, whole - from))
  if (whole == length) return sum
  memory.fill(spare, 0, 64)
  memory.copy(spare, x + (<usize>whole << 2), <usize>(length - whole) << 2)
  return sum + energy(spare, 16)
}

/**
 * out = x + g noise for rows of `length` floats, g = ratio sqrt(energy of x / energy of noise); a row
 * where either is silent is copied. Gives the number of those.
 */
export function addAtRatio(x: usize, noise: usize, out: usize, rows: u32, length: u32, spare: usize, ratio: f64): u32 {
  const bytes = <usize>length << 2
  const whole = bytes & ~63
  let silent: u32 = 0
  for (let row: u32 = 0; row < rows; row++) {
    const signal = energyOf(x, length, spare)
    const power = energyOf(noise, length, spare)
    const heard = signal > 0 && power > 0
    const gain = heard ? <f32>(sqrt(signal / power) * ratio) : 0
    const g = f32x4.splat(gain)
    if (!heard) {
      silent++
      memory.copy(out, x, bytes)
    } else {
      for (let at: usize = 0; at < whole; at += 64) {
        v128.store(out + at, f32x4.add(v128.load(x + at), f32x4.mul(g, v128.load(noise + at))))
        v128.store(out + at, f32x4.add(v128.load(x + at, 16), f32x4.mul(g, v128.load(noise + at, 16))), 16)
        v128.store(out + at, f32x4.add(v128.load(x + at, 32), f32x4.mul(g, v128.load(noise + at, 32))), 32)
        v128.store(out + at, f32x4.add(v128.load(x + at, 48), f32x4.mul(g, v128.load(noise + at, 48))), 48)
      }
      for (let at = whole; at < bytes; at += 4)
        store<f32>(out + at, load<f32>(x + at) + gain * load<f32>(noise + at))
    }
    x += bytes
    noise += bytes
    out += bytes
  }
  return silent
}
