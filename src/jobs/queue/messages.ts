/** What coordinator and workers say to each other; anything else is not listened to. */
import { z } from 'zod'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const name = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/)
const count = z.int().min(1).max(1e6)

/** Longest order, in bytes: it holds names, values and hashes, never data. */
export const longestOrder = 64 * 1024

/** One piece of work; what comes of it depends on nothing but act and payload. */
export const orderSchema = z.strictObject({
  study: name,
  /** The content hash of act and payload. */
  id: hash,
  /** From 1; an answer to an earlier attempt is not taken. */
  attempt: count,
  act: name,
  payload: z.record(z.string(), z.json()),
  version: z.string().max(50),
  deadlineMs: z.number().positive().max(1e9).optional(),
})
export type SentOrder = z.infer<typeof orderSchema>

/** What a study needs of a worker; renewed by the coordinator while it lives. */
export const manifestSchema = z.strictObject({
  study: name,
  version: z.string().max(50),
  /** Where artefacts lie and answers go. */
  depot: z.url({ protocol: /^http$/ }),
  data: z
    .array(
      z.strictObject({
        name: z.string().max(300),
        /** How it is opened. */
        options: z.record(z.string(), z.json()),
        sha256: hash,
      }),
    )
    .max(100),
})
export type Manifest = z.infer<typeof manifestSchema>
export type DataNeed = Manifest['data'][number]

export const claimSchema = z.strictObject({ id: hash, attempt: count, worker: name })

const heldSchema = z.strictObject({ id: hash, attempt: count })

/** A sign of life: how much the worker can do at once, and what it is doing. */
export const beatSchema = z.strictObject({
  worker: name,
  slots: z.int().min(0).max(1000),
  held: z.array(heldSchema).max(1000),
  /** Orders given back undone. */
  returned: z.array(heldSchema).max(1000).default([]),
})
export type Beat = z.infer<typeof beatSchema>

export const answerSchema = z.strictObject({
  id: hash,
  attempt: count,
  worker: name,
  outcome: z.union([
    z.strictObject({ result: z.json() }),
    z.strictObject({
      error: z.strictObject({
        name: z.string().max(100),
        message: z.string().max(10_000),
        exitCode: z.int().min(1).max(5),
      }),
    }),
  ]),
})
export type Answer = z.infer<typeof answerSchema>
