import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { UsageError } from '../base/index.js'
import { expecting, strictForm } from '../schedule/index.js'
import { fromHuggingFace } from './hugging-face.js'

/** The file in which Hugging Face's transformers say how a model's input is made. */
export const configName = 'preprocessor_config.json'

const ofRule = (rule: string) => ({ error: expecting(rule) })
const number = z.number(ofRule('a number'))
const wholeNumber = z
  .int(ofRule('a whole number of at least 1'))
  .min(1, ofRule('a whole number of at least 1'))
const perChannel = z.union([number, z.array(number).min(1)], ofRule('a number, or one a channel'))

const side = wholeNumber.max(16_384, ofRule('a side of at most 16384'))
const resizeRules = ['stretch', 'crop', 'letterbox'] as const

export interface Resize {
  rule: (typeof resizeRules)[number]
  shortestEdge?: number
}

/**
 * How a physical sample (pixels in [0, 1], waveform in [-1, 1]) becomes the model's input:
 * `input = (sample * scale - mean) / std`.
 */
export const preprocessSchema = strictForm({
  scale: number
    .gt(0, ofRule('a number above 0'))
    .default(1)
    .describe('factor on samples in [0, 1]; 255 for models that take bytes'),
  mean: perChannel.default(0).describe('subtracted after scaling; a number or one a channel'),
  std: perChannel
    .refine(std => [std].flat().every(s => s !== 0), ofRule('numbers other than 0'))
    .default(1)
    .describe('divisor after the mean; a number or one a channel'),
  size: z
    .union(
      [
        side.transform((length): [number, number] => [length, length]),
        z.tuple([side, side]),
        z
          .strictObject({ height: side, width: side })
          .transform(({ height, width }): [number, number] => [height, width]),
      ],
      ofRule('[height, width], or one number for both'),
    )
    .optional()
    .describe('[height, width] the model takes'),
  resize: z
    .union(
      [
        z.enum(resizeRules).transform((rule): Resize => ({ rule })),
        z.strictObject({ rule: z.enum(resizeRules), shortestEdge: side.optional() }),
      ],
      ofRule(`${resizeRules.join(', ')}, or { rule, shortestEdge }`),
    )
    .optional()
    .describe(
      'how images come to that size: stretch (default); crop: the shorter side is made shortestEdge (default: just to fill), then the middle is cut out; letterbox: made to fit, the rest grey',
    ),
  interpolation: z
    .enum(
      ['nearest', 'bilinear', 'bicubic', 'lanczos'],
      ofRule('nearest, bilinear, bicubic or lanczos'),
    )
    .optional()
    .describe('default bilinear'),
  color: z
    .enum(['RGB', 'BGR'], ofRule('RGB or BGR'))
    .optional()
    .describe('order of the colour channels the model takes; default RGB'),
  layout: z
    .enum(['NCHW', 'NHWC'], ofRule('NCHW or NHWC'))
    .optional()
    .describe("order of the model's axes; without it the model itself tells"),
  channels: z.union([z.literal(1), z.literal(3)], ofRule('1 or 3')).optional(),
  sampleRate: wholeNumber.optional().describe('of recordings, hertz'),
  seconds: number
    .gt(0, ofRule('a number above 0'))
    .optional()
    .describe('length of recordings; longer ones are cut, shorter ones padded'),
})

export type Preprocess = z.output<typeof preprocessSchema>

/** The part of it that data applies to samples; the rest is the model's own prefix. */
export function physicalOptions(preprocess: Partial<Preprocess> = {}) {
  const { size, resize, interpolation, channels, sampleRate, seconds } = preprocess
  return { size, resize, interpolation, channels, sampleRate, seconds }
}

/** Reads a `--preprocess` file (YAML or JSON, or a `preprocessor_config.json`); throws UsageError naming the wrong key. */
export function readPreprocess(path: string): Preprocess {
  const document = parseDocument(readText(path))
  if (document.errors.length)
    throw new UsageError(`${path}: ${document.errors[0].message.split('\n')[0]}`)
  const value = document.toJS({ maxAliasCount: 100 })
  const isConfig = basename(path) === configName
  const result = preprocessSchema.safeParse(isConfig ? fromHuggingFace(value, path) : value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new UsageError(
    `${path}: ${issue.path.length ? `${issue.path.join('.')}: ` : ''}${issue.message}`,
  )
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new UsageError(`--preprocess: the file "${path}" cannot be read.`)
  }
}
