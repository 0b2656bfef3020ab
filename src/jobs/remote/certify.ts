import { basename } from 'node:path'
import { mergeCertificates } from '../../certify/index.js'
import { modelPreprocess, type Preprocess, readPreprocess } from '../../model/index.js'
import { type Certificate, contentHash, sha256File, writeDocument } from '../../record/index.js'
import { checkRedis } from '../queue/index.js'
import type { FarCertify } from './acts.js'
import { carryAll, type FarOptions, forget, openCarrier } from './carry.js'
import { fingerprint } from './find.js'

/** A certification as the command line asks for it. */
export interface FarCertifyOptions
  extends Pick<FarCertify, 'sigma' | 'n0' | 'n' | 'alpha' | 'seed' | 'bind' | 'output'> {
  readonly model: string
  readonly data: string
  readonly preprocessFile?: string
  /** How the data is opened: split, layout, label column, subset. */
  readonly options: FarCertify['options']
  /** Where the certificate goes. */
  readonly out?: string
  readonly onDone?: (done: number, of: number) => void
}

/** Samples of one piece of work. */
const samplesAtOnce = 10

/** A certificate made by other machines, equal to the one this machine would make. */
export async function certifyFar(
  { model, data, preprocessFile, options, out, onDone, ...settings }: FarCertifyOptions,
  far: FarOptions,
): Promise<Certificate> {
  await checkRedis(far.redis)
  const found = modelPreprocess(model)
  const preprocess =
    preprocessFile !== undefined
      ? readPreprocess(preprocessFile)
      : found.source === undefined
        ? undefined
        : found.preprocess
  const opening = plain({ preferSplit: 'test', ...physical(preprocess), ...options })
  const content = await fingerprint(data, opening)
  const asked = { ...settings, options, data: content.sha256, model: sha256File(model) }
  const need = { name: data, options: opening, sha256: content.sha256 }
  const carrier = await openCarrier(contentHash(asked), [need], far)
  try {
    await carrier.artefacts.keep(model)
    const of = Math.ceil(content.samples / samplesAtOnce)
    const works = Array.from({ length: of }, (_, index) => ({
      act: 'certify',
      payload: plain({ ...asked, preprocess, shard: { index, of } }),
    }))
    const shards = (await carryAll(works, carrier, far, onDone)) as Certificate[]
    const merged = named(mergeCertificates(shards), { model, data })
    if (out !== undefined) writeDocument(out, merged)
    forget(far)
    return merged
  } finally {
    await carrier.close()
  }
}

/** With the names that model and data have here. */
function named(certificate: Certificate, { model, data }: { model: string; data: string }) {
  return {
    ...certificate,
    model: { ...certificate.model, file: basename(model) },
    data: { ...certificate.data, source: data },
  }
}

/** What of a preprocessing says how samples are read. */
function physical({ size, channels, sampleRate, seconds }: Partial<Preprocess> = {}) {
  return { size, channels, sampleRate, seconds }
}

/** What JSON keeps of it. */
const plain = (value: object) => JSON.parse(JSON.stringify(value))
