import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'vitest'
import { int64Tensor, toNumbers } from '../../src/base/index.js'
import { type NetworkKind, newNetwork } from '../../src/networks/index.js'
import {
  conv,
  dense,
  flatten,
  globalAverage,
  maxPool,
  Net,
  relu,
} from '../../src/networks/layers.js'
import { type Graph, int, ints, text } from '../../src/onnx/index.js'
import { type Described, goldenFolder } from './described.js'

/**
 * Writes the networks of the golden file anew: `TEMPER_DEFINE=1 npx vitest run test/networks/define`,
 * then `python3 test/golden/networks/make.py` (PyTorch) for their gradients.
 */
const isAsked = process.env.TEMPER_DEFINE === '1'

function described(graph: Graph, batch: number, classes: number): Described {
  const floats = [...graph.initializers].filter(([, t]) => t.dtype === 'float32' && t.shape.length)
  const rest = [...graph.initializers].filter(([, t]) => t.dtype !== 'float32' || !t.shape.length)
  return {
    input: [batch, ...(graph.inputs[0].shape!.slice(1) as number[])],
    classes,
    nodes: graph.nodes.map(({ op, inputs, outputs, attributes }) => ({
      op,
      inputs,
      outputs,
      attributes,
    })),
    parameters: Object.fromEntries(floats.map(([name, t]) => [name, [...t.shape]])),
    constants: Object.fromEntries(
      rest.map(([name, t]) => [
        name,
        { dtype: t.dtype, shape: [...t.shape], values: toNumbers(t) },
      ]),
    ),
  }
}

const fresh = (kind: NetworkKind, input: number[], classes: number) => () =>
  newNetwork(kind, { input, classes, seed: 0 }).graph

/** Down, up by Resize, and the two joined: nearest once, linear once. */
function unet(): Graph {
  const net = new Net('unet', 0)
  const layer = (x: ReturnType<typeof relu>, name: string, channels: number) =>
    relu(net, conv(net, x, name, { channels, kernel: [3, 3] }))
  const up = (x: ReturnType<typeof relu>, name: string, mode: string) => {
    const [channels, ...size] = x.shape
    net.graph.initializers.set(`${name}.sizes`, int64Tensor([2, channels, ...size.map(s => 2 * s)]))
    const attributes = {
      mode: text(mode),
      coordinate_transformation_mode: text(mode === 'nearest' ? 'asymmetric' : 'half_pixel'),
      nearest_mode: text('floor'),
    }
    const inputs = [x.name, '', '', `${name}.sizes`]
    return net.node('Resize', inputs, name, [channels, ...size.map(s => 2 * s)], attributes)
  }
  const join = (a: ReturnType<typeof relu>, b: ReturnType<typeof relu>, name: string) =>
    net.node('Concat', [a.name, b.name], name, [a.shape[0] + b.shape[0], ...a.shape.slice(1)], {
      axis: int(1),
    })
  const top = layer(net.input([2, 12, 8]), 'top', 6)
  const middle = layer(maxPool(net, top), 'middle', 8)
  const bottom = layer(maxPool(net, middle), 'bottom', 10)
  const joined = layer(join(middle, up(bottom, 'up1', 'nearest'), 'join1'), 'right1', 8)
  const last = layer(join(top, up(joined, 'up2', 'linear'), 'join2'), 'right2', 6)
  net.output(dense(net, globalAverage(net, last), 'fc', 3, true))
  return net.graph
}

/** A recurrent layer over [batch, step, feature], its last states joined, and a classifier. */
function recurrent(op: 'GRU' | 'LSTM', directions: number): () => Graph {
  return () => {
    const net = new Net(op, 0)
    const [steps, features, hidden, gates] = [7, 5, 6, op === 'GRU' ? 3 : 4]
    const input = net.input([steps, features])
    const turned = net.node('Transpose', [input.name], 'steps', [steps, features], {
      perm: ints([1, 0, 2]),
    })
    const weight = (name: string, shape: number[]) => net.parameter(name, shape, () => 0)
    const inputs = [
      turned.name,
      weight('w', [directions, gates * hidden, features]),
      weight('r', [directions, gates * hidden, hidden]),
      weight('b', [directions, 2 * gates * hidden]),
    ]
    net.graph.nodes.push({
      name: 'recurrent',
      op,
      domain: '',
      inputs,
      outputs: ['sequence', 'state'],
      attributes: {
        hidden_size: int(hidden),
        direction: text(directions === 2 ? 'bidirectional' : 'forward'),
        ...(op === 'GRU' ? { linear_before_reset: int(1) } : {}),
      },
    })
    const joined = net.node('Transpose', ['state'], 'joined', [directions, hidden], {
      perm: ints([1, 0, 2]),
    })
    net.output(dense(net, flatten(net, joined), 'fc', 4, true))
    return net.graph
  }
}

const networks: Record<string, { graph: () => Graph; batch: number; classes: number }> = {
  mlp: { graph: fresh('mlp', [1, 6, 6], 5), batch: 8, classes: 5 },
  cnn: { graph: fresh('cnn', [1, 10, 8], 5), batch: 4, classes: 5 },
  lenet: { graph: fresh('lenet', [1, 18, 16], 10), batch: 4, classes: 10 },
  resnet8: { graph: fresh('resnet8', [3, 12, 12], 6), batch: 4, classes: 6 },
  'ds-cnn': { graph: fresh('ds-cnn', [1, 21, 10], 5), batch: 3, classes: 5 },
  cnn1d: { graph: fresh('cnn1d', [1, 4096], 4), batch: 3, classes: 4 },
  transformer: { graph: fresh('transformer', [5, 6], 3), batch: 3, classes: 3 },
  gru: { graph: recurrent('GRU', 1), batch: 4, classes: 4 },
  lstm: { graph: recurrent('LSTM', 2), batch: 4, classes: 4 },
  unet: { graph: unet, batch: 2, classes: 3 },
}

describe.skipIf(!isAsked)('the golden networks', () => {
  it.each(Object.entries(networks))('writes %s', (name, { graph, batch, classes }) => {
    const text = JSON.stringify(described(graph(), batch, classes))
    writeFileSync(resolve(goldenFolder, `${name}.json`), `${text}\n`)
  })
})
