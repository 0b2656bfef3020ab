import { grid } from './grid.js'
import { halton } from './halton.js'
import { random } from './random.js'
import { tpe } from './tpe.js'
import type { Sampler } from './types.js'

/** How the next point is chosen, by name. */
export const samplers = { tpe, random, halton, grid } as const satisfies Record<string, Sampler>
export type SamplerName = keyof typeof samplers
