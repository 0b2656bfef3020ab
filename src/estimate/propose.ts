import type { Estimate } from './estimate.js'

/** An entry for a recipe's `noise`, and why. */
export interface Proposal {
  readonly entry: Readonly<Record<string, unknown>>
  readonly why: string
}

type Measured = Pick<Estimate, 'images' | 'sound'>

/** Entries that cover what was found and half as much again. */
export function proposalsFor({ images, sound }: Measured): Proposal[] {
  return [...(images ? imageProposals(images) : []), ...(sound ? soundProposals(sound) : [])]
}

/** Noise below one step of a byte is none. */
const leastSigma = 1 / 255
/** Edges of a sharp picture have about this blur, in pixels. */
const sharpEdge = 0.8

function imageProposals({ noise, blur, quality }: NonNullable<Estimate['images']>): Proposal[] {
  const proposals: Proposal[] = []
  if (noise && noise.p90 > leastSigma)
    proposals.push({
      entry: {
        at: 'input',
        kind: 'gaussian',
        sigma: { uniform: [0, rounded(1.5 * noise.p90)] },
        clip: [0, 1],
      },
      why: `nine pictures in ten have noise of a standard deviation up to ${rounded(noise.p90)}`,
    })
  if (blur && blur.p90 > sharpEdge)
    proposals.push({
      entry: {
        at: 'input',
        kind: 'blur',
        sigma: { uniform: [0, rounded(Math.sqrt(blur.p90 ** 2 - sharpEdge ** 2) * 1.5)] },
      },
      why: `edges are blurred by up to ${rounded(blur.p90)} pixels (sharp ones by about ${sharpEdge})`,
    })
  if (quality && quality.p10 < 90)
    proposals.push({
      entry: {
        at: 'input',
        kind: 'jpeg_compression',
        quality: { uniform: [Math.max(5, Math.round(quality.p10 / 1.5)), 95] },
        allowHeldOut: true,
        share: 0.5,
      },
      why: `compressed as JPEG down to quality ${Math.round(quality.p10)}; the kind belongs to a published suite, whose figures for it then mean less`,
    })
  return proposals
}

function soundProposals({ snrDb, slopeDb, clipped }: NonNullable<Estimate['sound']>): Proposal[] {
  const proposals: Proposal[] = []
  if (snrDb) {
    const kind = colourOf(slopeDb?.median ?? 0)
    const low = Math.round(snrDb.p10 - 3)
    proposals.push({
      entry: { at: 'input', kind, snr: { uniform: [low, low + 20] }, share: 0.75 },
      why: `one recording in ten has a signal-to-noise ratio below ${rounded(snrDb.p10)} dB, and the noise falls by ${rounded(-(slopeDb?.median ?? 0))} dB an octave`,
    })
  }
  if (clipped && clipped.p90 > 1e-3)
    proposals.push({
      entry: { at: 'input', kind: 'clipping', share: { uniform: [0, rounded(1.5 * clipped.p90)] } },
      why: `${rounded(100 * clipped.p90)} % of the samples lie flat at the peak`,
    })
  return proposals
}

/** The colour whose spectrum falls most alike. */
function colourOf(slope: number): string {
  const colours = { white: 0, pink: -3, brown: -6, blue: 3, violet: 6 }
  const [name] = Object.entries(colours).reduce((best, other) =>
    Math.abs(other[1] - slope) < Math.abs(best[1] - slope) ? other : best,
  )
  return name
}

const rounded = (value: number) => Number(value.toPrecision(2))
