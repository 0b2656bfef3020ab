import { Random } from '../../../base/index.js'
import { clipInPlace } from '../../context.js'
import { share } from '../../level.js'
import { defineInput } from '../define.js'
import { eachChannel } from './rate.js'
import { overlapAdd, spectra } from './stft.js'

const frames = { size: 512, hop: 128 }

/** A band of up to `share` of the frequencies is taken out of every frame. */
export const frequencyMask = defineInput({
  kind: 'frequency_mask',
  what: 'Takes a random band of frequencies out of the sound.',
  modality: 'audio',
  unit: 'widest band over all frequencies',
  levels: { share: share('widest band over half the sample rate', 0.2) },
  identity: { share: 0 },
  paper: 'Park et al. 2019, SpecAugment; here on the waveform, by frames of 512 samples',
  apply(x, out, { share }, key, context) {
    const random = new Random(key)
    const [part, place] = [share * random.float(), random.float()]
    const bins = frames.size / 2 + 1
    const width = Math.round(part * bins)
    const first = Math.floor(place * (bins - width + 1))
    eachChannel(x, out, context, (from, to) => {
      const all = spectra(from, frames)
      for (const spectrum of all) silence(spectrum, first, first + width)
      overlapAdd(all, to, frames)
    })
    clipInPlace(out, context)
  },
})

/** Bins [first, end) and their mirror images. */
function silence(spectrum: number[], first: number, end: number): void {
  for (let bin = first; bin < end; bin++)
    for (const at of [bin, (frames.size - bin) % frames.size]) spectrum.fill(0, 2 * at, 2 * at + 2)
}
