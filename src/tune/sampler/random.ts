import { keyOf, Random } from '../../base/index.js'
import { drawPoint } from './draw.js'
import type { Sampler } from './types.js'
import { fromUnit } from './unit.js'

/** Every parameter uniform on its own scale, independent. */
export const random: Sampler = ({ space, index, seed }) =>
  drawPoint(space, ({ domain }, dimension) =>
    fromUnit(domain, new Random(keyOf(seed, 'tune:random', index, dimension)).float()),
  )
