import { exactPow, Random } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { clipInPlace } from '../../context.js'
import { amount, share } from '../../level.js'
import { defineInput } from '../define.js'
import { eachChannel } from './rate.js'

/** x 10^(d / 20), d ~ U(-decibels, decibels). */
export const gain = defineInput({
  kind: 'gain',
  what: 'Makes the sound louder or quieter.',
  modality: 'audio',
  unit: 'largest change in dB, up or down',
  levels: { decibels: amount('largest change', 'dB', 12) },
  identity: { decibels: 0 },
  paper: 'audiomentations Gain',
  apply(x, out, { decibels }, key, context) {
    const change = decibels * (2 * new Random(key).float() - 1)
    sharedKernels().scaleAdd(x, out, exactPow(10, change / 20), 0)
    clipInPlace(out, context)
  },
})

/** Moved by U(-reach, reach) of its length, silence behind. */
export const timeShift = defineInput({
  kind: 'time_shift',
  what: 'Moves the sound earlier or later, leaving silence behind.',
  modality: 'audio',
  unit: 'largest move over the length',
  levels: { reach: share('largest move over the length', 0.1) },
  identity: { reach: 0 },
  paper: 'Warden 2018, Speech Commands (time shift); audiomentations Shift',
  apply(x, out, { reach }, key, context) {
    const move = reach * (2 * new Random(key).float() - 1)
    eachChannel(x, out, context, (from, to) => {
      const by = Math.round(move * from.length)
      const kept = from.slice()
      to.fill(0)
      if (by >= 0) to.set(kept.subarray(0, from.length - by), by)
      else to.set(kept.subarray(-by))
    })
    clipInPlace(out, context)
  },
})

/** A stretch of up to `share` of the time becomes silent. */
export const timeMask = defineInput({
  kind: 'time_mask',
  what: 'Silences a random stretch of the sound.',
  modality: 'audio',
  unit: 'longest stretch over the length',
  levels: { share: share('longest stretch over the length', 0.2) },
  identity: { share: 0 },
  paper: 'Park et al. 2019, SpecAugment; audiomentations TimeMask',
  apply(x, out, { share }, key, context) {
    const random = new Random(key)
    const [part, place] = [share * random.float(), random.float()]
    eachChannel(x, out, context, (from, to) => {
      if (from !== to) to.set(from)
      const length = Math.round(part * from.length)
      const start = Math.floor(place * (from.length - length + 1))
      to.fill(0, start, start + length)
    })
    clipInPlace(out, context)
  },
})
