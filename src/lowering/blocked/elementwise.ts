import { sameShape, sizeOf, toNumbers } from '../../base/index.js'
import { float } from '../../onnx/index.js'
import type { Formulation, Site } from '../formulation.js'
import { reshape, sum } from '../phrases.js'
import { eachChannel, planeSums, scaleShift } from './nchwc.js'

/** What looks at each element alone does the same in any layout. */

/** Whether a value has a blocked layout at all: whole blocks of channels, one or two spatial axes. */
export function isBlockable({ b, options }: Site, value: string): boolean {
  const type = b.knownType(value)
  if (type?.dtype !== 'float32' || type.shape.length < 3 || type.shape.length > 4) return false
  return type.shape[1] % options.block === 0
}

/** All inputs of one shape, or a single number; one of them blocked already. */
export const blockedElementwise: Formulation<null> = {
  name: 'element by element in blocked layout',
  column: 'blocked',
  applies: (_, site) => {
    const { b, node } = site
    const wide = node.inputs.filter(name => name && !isSingle(site, name))
    return (
      wide.length > 0 &&
      wide.some(name => site.isBlocked(name)) &&
      wide.every(name => sameShape(b.shape(name), b.shape(node.outputs[0]))) &&
      wide.every(name => isBlockable(site, name))
    )
  },
  emit(site) {
    const { b, node } = site
    const inputs = node.inputs.map(name =>
      !name || isSingle(site, name) ? name && site.plain(name) : site.blocked(name),
    )
    return [{ blocked: b.emit(node.op, inputs, { ...node.attributes }) }]
  },
}

/** A number of rank 0: one of higher rank could add axes. */
const isSingle = ({ b }: Site, name: string) => b.knownType(name)?.shape.length === 0

/** dx = dy [y > 0] where y is blocked. */
export const blockedStep: Formulation<null> = {
  name: 'blocked step',
  column: 'blocked',
  applies: (_, site) =>
    site.node.inputs.some(name => site.isBlocked(name)) && isBlockable(site, site.node.inputs[0]),
  emit(site) {
    const { b, node } = site
    const [dy, y] = node.inputs.map(name => site.blocked(name))
    const positive = b.emit('HardSigmoid', [y], { alpha: float(3e38), beta: float(0) })
    return [{ blocked: b.emit('Mul', [dy, positive]) }]
  },
}

/** A blocked value and one number a channel, [1, channels, 1, ...]: times, plus or minus it. */
export const blockedChannelwise: Formulation<null> = {
  name: 'blocked scaling',
  column: 'blocked',
  applies: (_, site) => {
    const { b, node } = site
    const [wide, narrow] = sidesOf(site)
    return (
      ['Mul', 'Add', 'Sub'].includes(node.op) &&
      node.inputs.length === 2 &&
      !(node.op === 'Sub' && wide !== node.inputs[0]) &&
      site.isBlocked(wide) &&
      isBlockable(site, wide) &&
      sameShape(b.shape(wide), b.shape(node.outputs[0])) &&
      isChannelwise(b.shape(narrow), b.shape(wide))
    )
  },
  emit(site) {
    const { b, node } = site
    const [wide, narrow] = sidesOf(site)
    const x = site.blocked(wide)
    const channels = b.shape(x)[1]
    const values = reshape(b, site.plain(narrow), [channels])
    if (node.op === 'Mul') return [{ blocked: scaleShift(site, x, values, {}) }]
    const one = eachChannel(site, channels, 1)
    const shift = node.op === 'Sub' ? b.emit('Neg', [values]) : values
    return [{ blocked: scaleShift(site, x, one, { shift }) }]
  },
}

/** The inputs, the one with more elements first. */
function sidesOf({ b, node }: Site): [string, string] {
  const [left, right] = node.inputs
  const size = (name: string) => sizeOf(b.knownType(name)?.shape ?? [])
  return size(left) >= size(right) ? [left, right] : [right, left]
}

const isChannelwise = (narrow: readonly number[], wide: readonly number[]) =>
  narrow.length === wide.length && narrow.every((size, axis) => size === (axis === 1 ? wide[1] : 1))

/** The sum of a blocked value over everything but the channel. */
export const blockedSums: Formulation<null> = {
  name: 'blocked sums of planes',
  column: 'blocked',
  applies: (_, site) => {
    const { b, node } = site
    const axes = node.inputs[1] && b.tensor(node.inputs[1])
    if (!axes || !site.isBlocked(node.inputs[0]) || !isBlockable(site, node.inputs[0])) return false
    const rank = b.shape(node.inputs[0]).length
    const given = toNumbers(axes).map(axis => (axis < 0 ? axis + rank : axis))
    return given.length === rank - 1 && !given.includes(1)
  },
  emit(site) {
    const { b, node } = site
    const sums = sum(b, planeSums(site, site.blocked(node.inputs[0])), [0])
    return [reshape(b, sums, b.shape(node.outputs[0]))]
  },
}
