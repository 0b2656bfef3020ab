/** What may be ordered from far: nothing that is not in this table, in no other form. */
import { z } from 'zod'
import type { Certificate } from '../../record/index.js'
import type { RemoteAct } from '../queue/index.js'
import { runJob } from '../run.js'

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
export type FarCertify = z.infer<typeof certifySchema>

export interface RemoteSettings {
  /** Threads of the runtime in each child. */
  readonly threads: number
}

export function remoteActs({ threads }: RemoteSettings): Readonly<Record<string, RemoteAct>> {
  return {
    certify: {
      payload: certifySchema,
      async run(payload, { artefact, data, signal }) {
        const { options, model, data: sha256, ...rest } = payload as FarCertify
        const here = { model: await artefact(model), data: data(sha256), threads }
        return runJob<Certificate>('certify', { ...options, ...rest, ...here }, { signal })
      },
    },
  }
}
