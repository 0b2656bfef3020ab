import { convWindow, Site as InferenceSite, intOf } from '../onnx/index.js'
import { blockedFrozen } from './blocked/batch-normalization.js'
import { blockedChannelwise, blockedElementwise, blockedSums } from './blocked/elementwise.js'
import { blockedConv } from './blocked/forward.js'
import { blockedGlobalAverage, blockedMaxPool } from './blocked/pool.js'
import { type Formulation, type Row, row, type Site } from './formulation.js'
import type { Convolution } from './geometry.js'
import { globalLpPool } from './global-lp-pool.js'

/** Standard operators that are computed otherwise: in blocked layout, or because the runtime lacks them. */

function convolutionOf({ b, node }: Site): Convolution {
  const [x, y] = [b.shape(node.inputs[0]), b.shape(node.outputs[0])]
  const { kernel, strides, dilations, pads } = convWindow(new InferenceSite(node, b))
  return {
    ...{ kernel, strides, dilations, batch: x[0], channels: x[1], filters: y[1] },
    begins: pads.slice(0, kernel.length),
    ends: pads.slice(kernel.length),
    group: intOf(node, 'group', 1),
    input: x.slice(2),
    output: y.slice(2),
  }
}

/** The operator as it stands. */
const standard: Formulation<unknown> = {
  name: 'standard',
  column: 'portable',
  applies: () => true,
  emit: ({ b, node }) => {
    const types = [b.type(node.outputs[0])]
    return [b.emit(node.op, node.inputs.filter(trailing), { ...node.attributes }, { types })]
  },
}

/** A bias that was left out to make room. */
const trailing = (_: string, i: number, all: readonly string[]) => all.slice(i).some(Boolean)

const frozen: Formulation<null>[] = [blockedFrozen]

/** Convolution and normalisation with what follows them, made by `fuseEpilogues`. */
export const fusedRows: Readonly<Record<string, Row>> = {
  Conv: row(convolutionOf, [blockedConv, standard]),
  BatchNormalization: row(() => null, [...frozen, standard]),
}

const each = (names: string, formulations: readonly Formulation<null>[]): Record<string, Row> =>
  Object.fromEntries(names.split(' ').map(name => [name, row(() => null, formulations)]))

export const standardRows: Readonly<Record<string, Row>> = {
  ...each(
    'Abs Celu Clip Cos Elu Erf Exp Gelu HardSigmoid HardSwish Identity LeakyRelu Log Mish Neg Reciprocal Relu Selu Sigmoid Sign Sin Softplus Softsign Sqrt Tanh',
    [blockedElementwise],
  ),
  ...each('Add Div Max Mean Min Mul Pow Sub Sum', [blockedElementwise, blockedChannelwise]),
  BatchNormalization: row(() => null, frozen),
  Conv: row(convolutionOf, [blockedConv]),
  GlobalAveragePool: row(() => null, [blockedGlobalAverage]),
  GlobalLpPool: globalLpPool,
  MaxPool: row(() => null, [blockedMaxPool]),
  ReduceSum: row(() => null, [blockedSums]),
}
