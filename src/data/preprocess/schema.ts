import { z } from 'zod'
import { didYouMean, UsageError } from '../../base/index.js'
import type { PhysicalOptions } from '../options.js'

const finite = z.number()
const perChannel = z.union([finite, z.array(finite).min(1)])
const positive = z.union([finite.positive(), z.array(finite.positive()).min(1)])
const side = z.int().min(1).max(16_384)

/** `224`, `[height, width]` or `{ height, width }`, always kept as `[height, width]`. */
const size = z.union([
  side.transform((length): [number, number] => [length, length]),
  z.tuple([side, side]),
  z
    .strictObject({ height: side, width: side })
    .transform(({ height, width }): [number, number] => [height, width]),
])

const rules = ['stretch', 'crop', 'letterbox'] as const

const fields = {
  scale: finite.default(1),
  mean: perChannel.default(0),
  std: positive.default(1),
  layout: z.enum(['NCHW', 'NHWC']).optional(),
  color: z.enum(['RGB', 'BGR']).default('RGB'),
  channels: z.int().min(1).max(64).optional(),
  size: size.optional(),
  resize: z
    .union([
      z.enum(rules).transform(rule => ({ rule })),
      z.strictObject({ rule: z.enum(rules), shortestEdge: side.optional() }),
    ])
    .optional(),
  interpolation: z.enum(['nearest', 'bilinear', 'bicubic', 'lanczos']).optional(),
  sampleRate: z.int().min(1000).max(768_000).optional(),
  seconds: finite.positive().max(600).optional(),
}

export const preprocessSchema = z.strictObject(fields)

/**
 * How physical samples (pixels in [0,1], waveforms in [-1,1]) become the model's input:
 * `input = (sample * scale - mean) / std`, `mean` and `std` a number or one a channel, channels in
 * the order `color`, axes in the order `layout` (absent: as the model's input shows). `size`,
 * `resize`, `interpolation`, `channels`, `sampleRate` and `seconds` shape the sample before that.
 */
export type Preprocess = z.output<typeof preprocessSchema>

/** What a person may write; `parsePreprocess` fills in the rest. */
export type PreprocessInput = z.input<typeof preprocessSchema>

/** Checks and completes a `preprocess:` value. Throws UsageError naming `where` and the key. */
export function parsePreprocess(value: unknown, where = 'preprocess'): Preprocess {
  const result = preprocessSchema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  if (issue.code === 'unrecognized_keys')
    throw new UsageError(
      `${where}: there is no key "${issue.keys[0]}".${didYouMean(issue.keys[0], Object.keys(fields))}`,
    )
  const path = [where, ...issue.path].join('.')
  throw new UsageError(`${path}: ${issue.message}.`)
}

/** The part of it that the data set applies; the rest is the model's own prefix. */
export function physicalOptions(preprocess: Preprocess): PhysicalOptions {
  const { size, resize, interpolation, channels, sampleRate, seconds } = preprocess
  return { size, resize, interpolation, channels, sampleRate, seconds }
}
