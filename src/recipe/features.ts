import { type FeatureKind, featureKinds } from '../networks/index.js'
import { expecting, strictForm } from '../schedule/index.js'
import { count, positive, z } from './fields.js'

const kinds = Object.keys(featureKinds) as [FeatureKind, ...FeatureKind[]]
const frequency = z.number({ error: expecting('a frequency in hertz') }).min(0)

/** `model.features`: what a fresh network computes from the waveform before its first layer. */
export const featuresSchema = strictForm({
  kind: z
    .enum(kinds, { error: expecting(kinds.join(' or ')) })
    .describe(kinds.map(kind => `${kind}: ${featureKinds[kind]}`).join('; ')),
  window: positive.optional().describe('length of the Hann window, seconds; default 0.03'),
  hop: positive.optional().describe('from one window to the next, seconds; default 0.01'),
  fftSize: count
    .optional()
    .describe('Fourier transform, samples; default: the power of two from the window on'),
  bands: count.optional().describe('mel bands; default 40'),
  range: z
    .tuple([frequency, frequency], { error: expecting('[lowest, highest] in hertz') })
    .optional()
    .describe('ends of the lowest and the highest band, hertz; default 20 and half the rate'),
  melScale: z
    .enum(['htk', 'slaney'], { error: expecting('htk or slaney') })
    .optional()
    .describe('default htk'),
  melNorm: z
    .enum(['none', 'slaney'], { error: expecting('none or slaney') })
    .optional()
    .describe('slaney: every band weighs the same; default none'),
  log: z
    .enum(['natural', 'decibel'], { error: expecting('natural or decibel') })
    .optional()
    .describe('ln(energy + 1e-6), or decibels down to 80 below the loudest; default natural'),
  coefficients: count.optional().describe('of mfcc; default 13'),
})
