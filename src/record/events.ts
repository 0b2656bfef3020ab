import { z } from 'zod'
import { measuresSchema } from './measures.js'

/** A figure that may be no finite number in a run that diverges: then null. */
const figure = z.number().nullable()
const step = z.int().min(0)

/** What a run says while it goes, by type. `step` counts updates from the start of the run. */
export const eventSchemas = {
  start: z.object({ version: z.string().optional(), seed: z.int().optional() }),
  epoch: z.object({
    epoch: z.number(),
    step: step.optional(),
    loss: figure,
    learningRate: figure,
  }),
  check: z.object({
    step,
    epoch: z.number().optional(),
    clean: measuresSchema,
    noisy: measuresSchema,
    noisyLoss: figure,
    cleanLoss: figure,
    levels: z.record(z.string(), figure),
    /** Clean less noisy accuracy of each class; null for one without samples. */
    classDamage: z.array(figure).optional(),
    /** Of the last step's gradient and of all parameters. */
    gradientNorm: figure.optional(),
    parameterNorm: figure.optional(),
  }),
  overuse: z.object({
    step: step.optional(),
    noise: z.string(),
    reason: z.string(),
    evidence: z.record(z.string(), z.unknown()),
  }),
  adjust: z.object({
    step: step.optional(),
    noise: z.string(),
    gain: z.number(),
    /** Batches the noise's schedule is delayed by. */
    hold: z.number(),
    reason: z.string(),
  }),
  /** Something a person should know once, such as a silent recording no noise at an SNR fits. */
  note: z.object({ step: step.optional(), noise: z.string(), reason: z.string() }),
  /** An epoch is drawn from the easiest samples only. */
  curriculum: z.object({ step, epoch: z.int(), share: z.number(), samples: z.int() }),
  /** A noise that waited begins. */
  begin: z.object({ step, noise: z.string(), reason: z.string() }),
  /** The run ends before its last epoch. */
  stop: z.object({ step, reason: z.string() }),
  checkpoint: z.object({ step }),
  resumed: z.object({ fromStep: step }),
  end: z.object({
    step: step.optional(),
    best: z.object({ step, reason: z.string() }),
    /** Why the run ended when it did. */
    reason: z.string().optional(),
  }),
} as const

export type EventType = keyof typeof eventSchemas

/** The fields of one type of event; more may be added to any. */
export type EventOf<T extends EventType> = { readonly type: T } & z.infer<
  (typeof eventSchemas)[T]
> &
  Readonly<Record<string, unknown>>

/** An event before it is written. */
export type NewEvent = { [T in EventType]: EventOf<T> }[EventType]

/** An event as it stands in the log; `time` is in milliseconds since 1970. */
export type RunEvent = NewEvent & { readonly time: number }

/** Whether a line of the log is an event this Temper knows, with the fields readers rely on. */
export function isKnownEvent(value: unknown): value is RunEvent {
  const { type, time } = (value ?? {}) as { type?: unknown; time?: unknown }
  if (typeof type !== 'string' || typeof time !== 'number') return false
  return (
    Object.hasOwn(eventSchemas, type) && eventSchemas[type as EventType].safeParse(value).success
  )
}
