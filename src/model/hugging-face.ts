import { z } from 'zod'
import { ModelError } from '../base/index.js'

const sides = z.union([
  z.number(),
  z.looseObject({
    height: z.number().optional(),
    width: z.number().optional(),
    shortest_edge: z.number().optional(),
  }),
])

/** The keys that are understood; such files are often made by hand, so each is checked. */
const schema = z.looseObject({
  do_resize: z.boolean().optional(),
  size: sides.optional(),
  resample: z.int().optional(),
  do_center_crop: z.boolean().optional(),
  crop_size: sides.optional(),
  crop_pct: z.number().positive().nullish(),
  do_rescale: z.boolean().optional(),
  rescale_factor: z.number().optional(),
  do_normalize: z.boolean().optional(),
  image_mean: z.array(z.number()).min(1).optional(),
  image_std: z.array(z.number()).min(1).optional(),
  data_format: z.string().optional(),
  sampling_rate: z.number().optional(),
  chunk_length: z.number().optional(),
})

type Config = z.output<typeof schema>

/** PIL's numbers for its filters. */
const interpolations = ['nearest', 'lanczos', 'bilinear', 'bicubic'] as const

/**
 * What the `preprocessor_config.json` of Hugging Face's transformers says, as settings of
 * `preprocess`. Its pixels are bytes, ours are in [0,1], so `scale` is 255 times its
 * `rescale_factor`. Throws ModelError naming `where`.
 */
export function fromHuggingFace(value: unknown, where: string): object {
  const result = schema.safeParse(value)
  if (!result.success) {
    const [issue] = result.error.issues
    throw new ModelError(`${where}, ${issue.path.join('.') || 'top'}: ${issue.message}.`)
  }
  const config = result.data
  return config.sampling_rate !== undefined ? audioPart(config) : imagePart(config)
}

function audioPart({ sampling_rate, chunk_length }: Config) {
  return { sampleRate: sampling_rate, ...(chunk_length ? { seconds: chunk_length } : {}) }
}

function imagePart(config: Config) {
  const { do_rescale = true, rescale_factor = 1 / 255, do_normalize = true, resample } = config
  return {
    // Files cut 1 / 255 to some digits.
    scale: do_rescale ? Number((255 * rescale_factor).toPrecision(6)) : 255,
    ...(do_normalize && config.image_mean && { mean: config.image_mean }),
    ...(do_normalize && config.image_std && { std: config.image_std }),
    ...geometry(config),
    ...(config.data_format === 'channels_last' && { layout: 'NHWC' }),
    ...(resample === undefined ? {} : { interpolation: interpolations[resample] ?? 'bilinear' }),
  }
}

/** Resize of the shorter side and a crop of the middle, or both sides as they are given. */
function geometry(config: Config) {
  const { do_resize = true, do_center_crop, crop_size, crop_pct } = config
  const size = config.size === undefined ? undefined : sidesOf(config.size)
  const crop = crop_size === undefined ? undefined : sidesOf(crop_size)
  if (crop?.both && (do_center_crop ?? true) && size)
    return { size: crop.both, resize: { rule: 'crop', shortestEdge: size.shortest } }
  if (!do_resize || !size) return {}
  if (size.both) return { size: size.both, resize: 'stretch' }
  // ConvNeXT: below 384 the shorter side grows by crop_pct before the crop
  const square: [number, number] = [size.shortest, size.shortest]
  if (crop_pct && size.shortest < 384)
    return {
      size: square,
      resize: { rule: 'crop', shortestEdge: Math.floor(size.shortest / crop_pct) },
    }
  return { size: square, resize: 'crop' }
}

function sidesOf(value: NonNullable<Config['size']>): {
  both?: [number, number]
  shortest: number
} {
  if (typeof value === 'number') return { both: [value, value], shortest: value }
  const { height, width, shortest_edge } = value
  if (height !== undefined && width !== undefined)
    return { both: [height, width], shortest: Math.min(height, width) }
  return { shortest: shortest_edge ?? 0 }
}
