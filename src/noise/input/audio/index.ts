import type { InputNoise } from '../../types.js'
import { babble, backgroundNoise, shortNoises } from './background.js'
import { clicks } from './clicks.js'
import { blue, brown, pink, violet } from './coloured.js'
import { bitCrush, clipping, saturation } from './distortion.js'
import { equalizer } from './equalizer.js'
import { bandPass, highPass, lowPass } from './filters.js'
import { frequencyMask } from './frequency-mask.js'
import { hum } from './hum.js'
import { gain, timeMask, timeShift } from './level-and-time.js'
import { limiter } from './limiter.js'
import { impulseResponse, reverb, room } from './reverb.js'
import { aliasing, resampling } from './sampling.js'
import { pitchShift, speed, timeStretch } from './stretch.js'
import { white } from './white.js'

/** Noise on waveforms. */
export const audioNoises: readonly InputNoise[] = [
  white,
  pink,
  brown,
  blue,
  violet,
  backgroundNoise,
  babble,
  shortNoises,
  hum,
  clicks,
  reverb,
  room,
  impulseResponse,
  clipping,
  saturation,
  bitCrush,
  limiter,
  resampling,
  aliasing,
  lowPass,
  highPass,
  bandPass,
  equalizer,
  gain,
  timeShift,
  timeStretch,
  speed,
  pitchShift,
  timeMask,
  frequencyMask,
]
