import { expected, ModelError } from '../base/index.js'
import {
  type Attributes,
  type Builder,
  float,
  floatOf,
  floatsOf,
  type Node,
} from '../onnx/index.js'
import { maths } from './maths.js'

type Activation = (x: string) => string

interface Row {
  /** The defaults of alpha and beta, as many as the function has. */
  readonly defaults: readonly number[]
  emit(b: Builder, x: string, alpha: number, beta: number): string
}

const plain = (op: string): Row => ({ defaults: [], emit: (b, x) => b.emit(op, [x]) })

const withAlpha = (op: string, alpha: number): Row => ({
  defaults: [alpha],
  emit: (b, x, a) => b.emit(op, [x], { alpha: float(a) }),
})

/** The functions that recurrent operators name in `activations`, in lower case. */
const rows: Readonly<Record<string, Row>> = {
  relu: plain('Relu'),
  tanh: plain('Tanh'),
  sigmoid: plain('Sigmoid'),
  softsign: plain('Softsign'),
  softplus: plain('Softplus'),
  leakyrelu: withAlpha('LeakyRelu', 0.01),
  thresholdedrelu: withAlpha('ThresholdedRelu', 1),
  elu: withAlpha('Elu', 1),
  hardsigmoid: {
    defaults: [0.2, 0.5],
    emit: (b, x, alpha, beta) =>
      b.emit('HardSigmoid', [x], { alpha: float(alpha), beta: float(beta) } satisfies Attributes),
  },
  // y = alpha x + beta
  affine: {
    defaults: [1, 0],
    emit: (b, x, alpha, beta) => maths(b).add(maths(b).mul(x, alpha), beta),
  },
  // y = alpha tanh(beta x)
  scaledtanh: {
    defaults: [1, 1],
    emit: (b, x, alpha, beta) => maths(b).mul(maths(b).tanh(maths(b).mul(x, beta)), alpha),
  },
}

/**
 * The activation functions of every direction, `names.length / directions` each, arguments clipped
 * where the node says so. Alphas and betas are taken in order by the functions that have them.
 */
export function activationsOf(b: Builder, node: Node, defaults: readonly string[]): Activation[] {
  const attribute = node.attributes.activations
  const names = attribute?.type === 'strings' ? attribute.value : defaults
  const alphas = [...floatsOf(node, 'activation_alpha', [])]
  const betas = [...floatsOf(node, 'activation_beta', [])]
  const clip = floatOf(node, 'clip', 0)
  return names.map(name => {
    const row = rows[name.toLowerCase()]
    if (!row) throw new ModelError(unknownActivation(node, name))
    const [alpha = 0, beta = 0] = row.defaults.map(
      (otherwise, i) => (i === 0 ? alphas : betas).shift() ?? otherwise,
    )
    return x => row.emit(b, clip > 0 ? clipped(b, x, clip) : x, alpha, beta)
  })
}

const clipped = (b: Builder, x: string, limit: number) =>
  b.emit('Clip', [x, b.scalar(-limit, b.dtype(x)), b.scalar(limit, b.dtype(x))])

const unknownActivation = (node: Node, name: string) =>
  expected(`${node.op} "${node.name}"`, `an activation among ${Object.keys(rows).join(', ')}`, name)
