import { mergeCertificates } from '../../certify/index.js'
import { type Certificate, writeDocument } from '../../record/index.js'
import type { FarCertify } from './acts.js'
import { carryAll, type FarOptions, forget } from './carry.js'
import { type FarSubject, meet, named } from './subject.js'

/** A certification as the command line asks for it. */
export interface FarCertifyOptions
  extends FarSubject,
    Pick<FarCertify, 'sigma' | 'n0' | 'n' | 'alpha' | 'seed' | 'bind' | 'output'> {
  /** Where the certificate goes. */
  readonly out?: string
}

/** Samples of one piece of work. */
const samplesAtOnce = 10

/** A certificate made by other machines, equal to the one this machine would make. */
export async function certifyFar(
  options: FarCertifyOptions,
  far: FarOptions,
): Promise<Certificate> {
  const { sigma, n0, n, alpha, seed, bind, output, out, onDone } = options
  const settings = { sigma, n0, n, alpha, seed, bind, output }
  const { carrier, content, payload } = await meet(options, settings, far)
  try {
    const of = Math.ceil(content.samples / samplesAtOnce)
    const works = Array.from({ length: of }, (_, index) => ({
      act: 'certify',
      payload: { ...payload, shard: { index, of } },
    }))
    const shards = (await carryAll(works, carrier, far, onDone)) as Certificate[]
    const merged = named(mergeCertificates(shards), options)
    if (out !== undefined) writeDocument(out, merged)
    forget(far)
    return merged
  } finally {
    await carrier.close()
  }
}
