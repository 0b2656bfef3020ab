import { sharedKernels } from '../../../kernels/index.js'
import { share } from '../../level.js'
import { defineInput } from '../define.js'

/** A share `amount` of the values becomes the largest (a share `salt` of them) or the smallest. */
export const saltAndPepper = defineInput({
  kind: 'salt_and_pepper',
  what: 'Turns a share of the values into the smallest or the largest allowed.',
  modality: 'any',
  unit: 'share of values replaced',
  levels: {
    amount: share('share of values replaced', 0.05),
    salt: share('share of those that become the largest', 0.5),
  },
  identity: { amount: 0 },
  paper: 'Gonzalez & Woods; as skimage.util.random_noise(mode="s&p"), every element by itself',
  apply(x, out, { amount, salt }, key, { clip }) {
    const [low, high] = clip ?? [0, 1]
    const shares = { lowShare: amount * (1 - salt), highShare: amount * salt }
    sharedKernels().replace(x, out, { ...shares, low, high }, key)
  },
})
