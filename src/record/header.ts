import { z } from 'zod'

/** What every document says of itself; `name` is its schema, such as `temper.scorecard/1`. */
export function header<N extends string>(name: N) {
  return {
    schema: z.literal(name),
    /** Temper's version. */
    version: z.string(),
    seed: z.int().min(0),
    device: z.string(),
    threads: z.int().min(1),
    /** Paths of the figures that came out as no finite number and were left out. */
    notFinite: z.array(z.string()).optional(),
    machine: z
      .object({
        cpu: z.string(),
        cores: z.int(),
        memoryBytes: z.number(),
        architecture: z.string(),
        system: z.string(),
      })
      .optional(),
    versions: z.record(z.string(), z.string()).optional(),
  }
}

/** A model file and what it was. */
export const modelSchema = z.object({
  file: z.string(),
  sha256: z.string(),
  parameters: z.int().min(0),
  classes: z.int().min(1).optional(),
})

/** The data a document speaks of. */
export const dataSchema = z.object({
  source: z.string(),
  samples: z.int().min(0),
  sha256: z.string().optional(),
  classes: z.array(z.string()).optional(),
})
