/** Buffers that noises work in; they live from call to call, and hold nothing between calls. */
const pool: Float32Array[] = []

/** Scratch number `slot`, of exactly `floats` floats, its content left from before. */
export function scratch(slot: number, floats: number): Float32Array {
  if (!pool[slot] || pool[slot].length < floats) pool[slot] = new Float32Array(floats)
  return pool[slot].length === floats ? pool[slot] : pool[slot].subarray(0, floats)
}
