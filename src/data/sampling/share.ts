import { type Key, philox } from '../../base/index.js'

/** A number in [0,1) that depends on the key and the id alone. */
export function share(id: number, { seed, stream }: Key): number {
  const words = philox([stream[0], stream[1], id >>> 0, Math.floor(id / 0x100000000)], seed)
  return words[0] / 0x100000000
}
