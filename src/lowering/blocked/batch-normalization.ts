import { floatOf } from '../../onnx/index.js'
import type { NormalizationFacts } from '../batch-normalization.js'
import type { Formulation, Site } from '../formulation.js'
import { sum } from '../phrases.js'
import { isBlockable } from './elementwise.js'
import { epilogueIn } from './epilogue.js'
import { eachChannel, planeProducts, planeSums, scaleShift } from './nchwc.js'

/** Batch normalisation of blocked values: sums of planes, and convolutions of one tap a channel. */

type Choice = Formulation<NormalizationFacts>

const isImage = (_: NormalizationFacts, site: Site) =>
  site.isBlocked(site.node.inputs[0]) && isBlockable(site, site.node.inputs[0])

/** x - mean, of which the variance and later the gradient are made. */
function centred(site: Site, value: string, mean: () => string): string {
  const { b } = site
  return site.once(`centred ${value}`, () => {
    const x = site.blocked(value)
    const one = eachChannel(site, b.shape(x)[1], 1)
    return scaleShift(site, x, one, { shift: b.emit('Neg', [mean()]) })
  })
}

/** temper::BatchNormalizationTraining(x, gamma, beta, ...) -> y, mean, variance. */
export const blockedTraining: Choice = {
  name: 'blocked statistics about the mean',
  column: 'blocked',
  applies: isImage,
  emit(site, { count, epsilon }) {
    const { b, node } = site
    const [value, gamma, beta] = node.inputs
    const share = b.scalar(1 / count)
    const over = (sums: string) => b.emit('Mul', [sum(b, sums, [0]), share])
    const mean = over(planeSums(site, site.blocked(value)))
    const h = centred(site, value, () => mean)
    const variance = over(planeProducts(site, h, h))
    const scale = b.emit('Mul', [site.plain(gamma), inverseOf(site, variance, epsilon)])
    const y = scaleShift(site, h, scale, { shift: site.plain(beta), ...epilogueIn(site) })
    return [{ blocked: y }, mean, variance]
  },
}

function inverseOf({ b }: Site, variance: string, epsilon: number): string {
  const spread = b.emit('Add', [variance, b.scalar(epsilon)])
  return b.emit('Reciprocal', [b.emit('Sqrt', [spread])])
}

/** temper::BatchNormalizationGradient(x, gamma, mean, variance, dy) -> dx, dgamma, dbeta. */
export const blockedGradient: Choice = {
  name: 'blocked sums and one scaling each of dy and x - mean',
  column: 'blocked',
  applies: isImage,
  emit(site, { count, epsilon }) {
    const { b, node } = site
    const [value, gamma, mean, variance] = node.inputs
    const mul = (l: string, r: string) => b.emit('Mul', [l, r])
    const dy = site.blocked(node.inputs[4])
    const h = centred(site, value, () => site.plain(mean))
    const inverse = inverseOf(site, site.plain(variance), epsilon)
    const dbeta = sum(b, planeSums(site, dy), [0])
    const dgamma = mul(sum(b, planeProducts(site, dy, h), [0]), inverse)
    const factor = mul(site.plain(gamma), inverse)
    const share = mul(factor, b.scalar(-1 / count))
    const slope = mul(mul(share, inverse), dgamma)
    const along = scaleShift(site, h, slope, { shift: mul(share, dbeta) })
    return [{ blocked: scaleShift(site, dy, factor, { plus: along }) }, dgamma, dbeta]
  },
}

/** BatchNormalization with the running statistics: y = x scale + shift. */
export const blockedFrozen: Formulation<null> = {
  name: 'blocked scaling',
  column: 'blocked',
  applies: (_, site) =>
    site.isBlocked(site.node.inputs[0]) &&
    isBlockable(site, site.node.inputs[0]) &&
    site.node.outputs.length === 1,
  emit(site) {
    const { b, node } = site
    const [gamma, beta, mean, variance] = node.inputs.slice(1, 5).map(name => site.plain(name))
    const inverse = inverseOf(site, variance, floatOf(node, 'epsilon', 1e-5))
    const scale = b.emit('Mul', [gamma, inverse])
    const shift = b.emit('Sub', [beta, b.emit('Mul', [mean, scale])])
    const x = site.blocked(node.inputs[0])
    return [{ blocked: scaleShift(site, x, scale, { shift, ...epilogueIn(site) }) }]
  },
}
