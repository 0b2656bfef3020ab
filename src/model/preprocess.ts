import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { UsageError } from '../base/index.js'
import { expecting, strictForm } from '../schedule/index.js'

const ofRule = (rule: string) => ({ error: expecting(rule) })
const number = z.number(ofRule('a number'))
const wholeNumber = z
  .int(ofRule('a whole number of at least 1'))
  .min(1, ofRule('a whole number of at least 1'))
const perChannel = z.union([number, z.array(number).min(1)], ofRule('a number, or one a channel'))

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
    .tuple([wholeNumber, wholeNumber], ofRule('[height, width]'))
    .optional()
    .describe('[height, width] the model takes'),
  layout: z
    .enum(['NCHW', 'NHWC'], ofRule('NCHW or NHWC'))
    .optional()
    .describe("order of the model's axes; without it the model itself tells"),
  channels: z.union([z.literal(1), z.literal(3)], ofRule('1 or 3')).optional(),
  sampleRate: wholeNumber.optional().describe('hertz'),
  seconds: number.gt(0, ofRule('a number above 0')).optional(),
})

export type Preprocess = z.output<typeof preprocessSchema>

/** Reads a `--preprocess` file (YAML or JSON); throws UsageError naming the wrong key. */
export function readPreprocess(path: string): Preprocess {
  const document = parseDocument(readText(path))
  if (document.errors.length)
    throw new UsageError(`${path}: ${document.errors[0].message.split('\n')[0]}`)
  const result = preprocessSchema.safeParse(document.toJS({ maxAliasCount: 100 }))
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
