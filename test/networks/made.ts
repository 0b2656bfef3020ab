import { int64Tensor } from '../../src/base/index.js'
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

/** Down, up by Resize, and the two joined: nearest once, linear once. */
export function unet(): Graph {
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
  net.output(dense(net, globalAverage(net, last), 'fc', 3))
  return net.graph
}

export interface RecurrentSizes {
  directions: number
  steps: number
  features: number
  hidden: number
  classes: number
}

/** A recurrent layer over [batch, step, feature], its last states joined, and a classifier. */
export function recurrent(op: 'GRU' | 'LSTM', sizes: RecurrentSizes): () => Graph {
  return () => {
    const net = new Net(op, 0)
    const { directions, steps, features, hidden, classes } = sizes
    const gates = op === 'GRU' ? 3 : 4
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
    net.output(dense(net, flatten(net, joined), 'fc', classes))
    return net.graph
  }
}
