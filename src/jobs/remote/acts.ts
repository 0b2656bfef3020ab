/** What may be ordered from far: nothing that is not in this table, in no other form. */
import { z } from 'zod'
import type { Part } from '../../evaluate/index.js'
import type { Certificate, Scorecard } from '../../record/index.js'
import type { RemoteAct } from '../queue/index.js'
import { runJob } from '../run.js'
import { type FarTrial, farTrial, trialSchema } from './trial.js'

/** Suites by name; a file of one's own is on one machine only. */
export const suiteForm = /^[a-z0-9-]+(,[a-z0-9-]+)*$/

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const shard = z.strictObject({ index: z.int().min(0), of: z.int().min(1) })

/** A model on data, both by content, as any of the measuring acts takes them. */
const subject = {
  model: hash,
  data: hash,
  options: z.record(z.string(), z.json()),
  preprocess: z.record(z.string(), z.json()).optional(),
  bind: z.array(z.string().max(1000)).max(50).optional(),
  output: z.string().max(300).optional(),
  seed: z.int().min(0),
  shard,
}

const certifySchema = z.strictObject({
  ...subject,
  sigma: z.number(),
  n0: z.int(),
  n: z.int(),
  alpha: z.number(),
})
const evaluateSchema = z.strictObject({
  ...subject,
  suite: z.string().regex(suiteForm).optional(),
  metrics: z.array(z.string().max(100)).max(100).optional(),
})
export type FarEvaluate = z.infer<typeof evaluateSchema>

/** A part of an evaluation as it travels: right answers as one text of 0 and 1 each. */
export interface SentPart {
  readonly scorecard: Scorecard
  readonly clean: string
  readonly noisy: readonly (readonly string[])[]
}

export type FarCertify = z.infer<typeof certifySchema>

export interface RemoteSettings {
  /** Folder for what the acts make here. */
  readonly folder: string
  /** Threads of the runtime in each child. */
  readonly threads: number
}

export function remoteActs({
  folder,
  threads,
}: RemoteSettings): Readonly<Record<string, RemoteAct>> {
  return {
    trial: {
      payload: trialSchema,
      run: (payload, context) => farTrial(payload as FarTrial, context, { folder, threads }),
    },
    certify: {
      payload: certifySchema,
      async run(payload, { artefact, data, signal }) {
        const { options, model, data: sha256, ...rest } = payload as FarCertify
        const here = { model: await artefact(model), data: data(sha256), threads }
        return runJob<Certificate>('certify', { ...options, ...rest, ...here }, { signal })
      },
    },
    evaluate: {
      payload: evaluateSchema,
      async run(payload, { artefact, data, signal }) {
        const { options, model, data: sha256, ...rest } = payload as FarEvaluate
        const here = { model: await artefact(model), data: data(sha256), threads }
        const part = await runJob<Part>('part', { ...options, ...rest, ...here }, { signal })
        return { ...part, clean: packed(part.clean), noisy: part.noisy.map(d => d.map(packed)) }
      },
    },
  }
}

/** Zeros and ones as bits, in base64. */
export function packed(right: Uint8Array): string {
  const bits = Buffer.alloc(Math.ceil(right.length / 8))
  for (let i = 0; i < right.length; i++) bits[i >> 3] |= right[i] << (i & 7)
  return `${right.length}:${bits.toString('base64')}`
}

/** Undoes `packed`. */
export function unpacked(text: string): Uint8Array {
  const [length, base64] = text.split(':')
  const bits = Buffer.from(base64 ?? '', 'base64')
  return Uint8Array.from({ length: Number(length) }, (_, i) => (bits[i >> 3] >> (i & 7)) & 1)
}
