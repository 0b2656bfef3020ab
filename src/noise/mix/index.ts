import type { MixNoise } from '../types.js'
import { atSnr } from './at-snr.js'
import { cutmix } from './cutmix.js'
import { many } from './many.js'
import { mixup } from './mixup.js'
import { switching } from './switching.js'

/** Mixing of the samples of a batch. */
export const mixNoises: readonly MixNoise[] = [mixup, cutmix, switching, many, atSnr]
