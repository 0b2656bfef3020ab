import { sizeOf } from '../../base/index.js'
import { intOf, ints, intsOf, textOf } from '../../onnx/index.js'
import type { Formulation, Result, Site } from '../formulation.js'
import { allOnes } from '../geometry.js'
import type { Pooling } from '../max-pool-gradient.js'
import { reshape, sum } from '../phrases.js'
import { isBlockable } from './elementwise.js'
import { eachChannel, nchwcDomain, planeSums, pool, scaleShift } from './nchwc.js'

/** Pools of values that are blocked already, windows side by side and nothing padded. */

const wide = (values: readonly number[]) => (values.length === 2 ? values : [1, ...values])

const isImage = (site: Site) =>
  site.isBlocked(site.node.inputs[0]) && isBlockable(site, site.node.inputs[0])

/** MaxPool whose gradient, if it has one, compares with the enlarged maxima. */
export const blockedMaxPool: Formulation<null> = {
  name: 'blocked pool',
  column: 'blocked',
  applies: (_, site) => {
    const { b, node } = site
    const kernel = intsOf(node, 'kernel_shape', [])
    const strides = intsOf(
      node,
      'strides',
      kernel.map(() => 1),
    )
    const size = b.shape(node.inputs[0]).slice(2)
    return (
      isImage(site) &&
      !node.outputs[1] &&
      textOf(node, 'auto_pad', 'NOTSET') === 'NOTSET' &&
      [...intsOf(node, 'pads', [])].every(pad => pad === 0) &&
      allOnes(intsOf(node, 'dilations', [])) &&
      intOf(node, 'ceil_mode', 0) === 0 &&
      kernel.every((k, i) => strides[i] === k && size[i] % k === 0)
    )
  },
  emit(site) {
    const kernel = wide(intsOf(site.node, 'kernel_shape', []))
    const x = site.blocked(site.node.inputs[0])
    return [{ blocked: pool(site, 'MaxPool', x, { kernel, strides: kernel }) }]
  },
}

/** The mean of each plane: of one element, so that both layouts are one. */
export const blockedGlobalAverage: Formulation<null> = {
  name: 'blocked mean',
  column: 'blocked',
  applies: (_, site) => isImage(site),
  emit(site) {
    const { b, node } = site
    const x = site.blocked(node.inputs[0])
    const types = [{ dtype: b.dtype(x), shape: [...b.shape(x).slice(0, 2), 1, 1] }]
    const mean = b.emit('GlobalAveragePool', [x], {}, { domain: nchwcDomain, types })
    return [reshape(b, mean, b.shape(node.outputs[0]))]
  },
}

/** temper::MaxPoolGradient(x, y, dy): winners = [x = enlarged y], dx = winners enlarged(dy / count). */
export const blockedMaxPoolGradient: Formulation<Pooling> = {
  name: 'blocked enlarge and compare',
  column: 'blocked',
  applies: (p, site) =>
    site.node.inputs.slice(0, 2).every(name => site.isBlocked(name)) &&
    isBlockable(site, site.node.inputs[0]) &&
    allOnes(p.dilations) &&
    p.kernel.every((k, i) => k === p.strides[i] && p.input[i] === k * p.output[i]) &&
    [...p.begins, ...p.ends].every(pad => pad === 0),
  emit(site, p) {
    const { b, node } = site
    const [x, y, dy] = node.inputs.map(name => site.blocked(name))
    const kernel = wide(p.kernel)
    const winners = winnersIn(site, x, enlarged(site, y, kernel))
    const mean = pool(site, 'AveragePool', winners, { kernel, strides: kernel })
    const count = b.emit('Mul', [mean, b.scalar(sizeOf(kernel))])
    const shared = enlarged(site, b.emit('Div', [dy, count]), kernel)
    return [{ blocked: b.emit('Mul', [winners, shared]) }]
  },
}

/** 1 where x is its window's maximum y, else 0: x - y and the step in one pass. */
function winnersIn(site: Site, x: string, y: string): string {
  const minus = eachChannel(site, site.b.shape(x)[1], -1)
  return scaleShift(site, y, minus, { plus: x, isZero: true })
}

function enlarged({ b }: Site, x: string, kernel: readonly number[]): string {
  const [batch, channels, height, width] = b.shape(x)
  const shape = [batch, channels, height * kernel[0], width * kernel[1]]
  const types = [{ dtype: b.dtype(x), shape }]
  return b.emit(
    'Upsample',
    [x],
    { scales: ints([1, 1, ...kernel]) },
    { domain: nchwcDomain, types },
  )
}

/** temper::SumPoolGradient of one window over everything: each plane is filled with its dy. */
export const blockedFill = {
  name: 'blocked fill',
  column: 'blocked',
  emit(site: Site): Result[] {
    const { b, node, options } = site
    const [batch, channels, ...size] = b.shape(node.outputs[0])
    const [height, width] = wide(size)
    const planes = (batch * channels) / options.block
    const column = reshape(b, site.plain(node.inputs[0]), [planes, 1, options.block])
    const filled = b.emit('Expand', [column, b.ints([planes, height * width, options.block])])
    return [{ blocked: reshape(b, filled, [batch, channels, height, width]) }]
  },
} as const

/** temper::ConvBiasGradient of a blocked dy: sums over planes, then over the batch. */
export const blockedBias: Formulation<number> = {
  name: 'blocked sums of planes',
  column: 'blocked',
  applies: (_, site) => site.isBlocked(site.node.inputs[0]),
  emit: site => [sum(site.b, planeSums(site, site.blocked(site.node.inputs[0])), [0])],
}
