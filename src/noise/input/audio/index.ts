import type { InputNoise } from '../../types.js'
import { white } from './white.js'

/** Noise on waveforms. */
export const audioNoises: readonly InputNoise[] = [white]
