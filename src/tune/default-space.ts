/** Where to look when nobody says: spaces that suit the kind of data. */

type Kind = 'image' | 'audio' | 'vector'

const share = { search: { from: 0.5, to: 1 } }

/** Each sample's level between none and a top that is searched, from the start or growing to it. */
const inputNoise: Readonly<Record<Kind, object>> = {
  image: upTo('gaussian', 'sigma', { from: 0.05, to: 0.5, log: true }),
  vector: upTo('gaussian', 'sigma', { from: 0.05, to: 1, log: true }),
  audio: downTo('white', 'snr', 40, { from: -5, to: 25 }),
}

function upTo(kind: string, field: string, range: object): object {
  const top = { search: { ...range, name: `input:${kind}.top` } }
  const end = { search: { ...range, name: `input:${kind}.finalTop` } }
  const always = { uniform: [0, top] }
  const growing = { uniform: [0, { ramp: [0, end], to: '60%' }] }
  return { at: 'input', kind, [field]: { search: { choices: { always, growing } } }, share }
}

/** For levels where less is stronger: a ratio in dB, from one that is hardly heard. */
function downTo(kind: string, field: string, weakest: number, range: object): object {
  const lowest = { search: { ...range, name: `input:${kind}.lowest` } }
  const end = { search: { ...range, name: `input:${kind}.finalLowest` } }
  const always = { uniform: [lowest, weakest] }
  const growing = { uniform: [{ ramp: [weakest, end], to: '60%' }, weakest] }
  return { at: 'input', kind, [field]: { search: { choices: { always, growing } } }, share }
}

const mixing = { at: 'mix', kind: 'mixup', alpha: { search: { from: 0.1, to: 1, log: true } } }
const weights = {
  at: 'weight',
  kind: 'gaussian',
  relative: { search: { from: 0.003, to: 0.1, log: true } },
}
const smoothing = {
  at: 'target',
  kind: 'smoothing',
  amount: { search: { from: 0.02, to: 0.2, log: true } },
}

const onOff = (noise: object) => ({ search: { onOff: noise } })

/** The noises searched in: noise on samples, mixing, weights, and targets where there are classes. */
export function defaultNoises(kind: Kind, hasClasses: boolean): unknown[] {
  const noises = [inputNoise[kind], ...(kind === 'vector' && !hasClasses ? [] : [mixing]), weights]
  return [...noises, ...(hasClasses ? [smoothing] : [])].map(onOff)
}

/** Rates searched in: a file is gone on from gently. */
export function defaultLearningRate(isFile: boolean): object {
  const [from, to] = isFile ? [3e-5, 1e-3] : [3e-4, 1e-2]
  return { cosine: [{ search: { from, to, log: true, name: 'optimizer.learningRate' } }, 1e-5] }
}
