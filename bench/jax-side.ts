import '../test/gradcheck/jax-globals.js'
import {
  blockUntilReady,
  defaultDevice,
  init,
  type Array as JaxArray,
  jit,
  lax,
  nn,
  numpy as np,
  valueAndGrad,
} from '@jax-js/jax'
import { type Described, numbers, parameter } from '../test/networks/described.js'
import { labelsOf, type Runner } from './sides.js'

/** The step in jax-js on its WebAssembly backend: jit of value and gradients, then gradient descent. */
export async function openJax(network: Described): Promise<Runner> {
  await init('wasm')
  defaultDevice('wasm')
  const { input, classes, parameters } = network
  const count = input.reduce((a, b) => a * b, 1)
  const array = (data: Float32Array, shape: readonly number[]) =>
    np.array(data, { dtype: np.float32 }).reshape([...shape])
  const x = array(numbers('input 0', count), input)
  const y = array(labelsOf(network), [input[0], classes])
  const names = Object.keys(parameters)
  let weights = names.map(name => array(parameter(name, parameters[name]).data, parameters[name]))
  const lossOf = (w: JaxArray[], batch: JaxArray, targets: JaxArray) => {
    const logits = forward(network, batch, Object.fromEntries(names.map((name, i) => [name, w[i]])))
    return np.sum(nn.logSoftmax(logits, -1).mul(targets)).mul(-1 / input[0])
  }
  const step = jit(valueAndGrad(lossOf as never) as never) as unknown as (
    ...args: unknown[]
  ) => [JaxArray, JaxArray[]]
  return {
    gradients: async () => {
      const [, gradients] = step(
        weights.map(w => w.ref),
        x.ref,
        y.ref,
      )
      return new Map(names.map((name, i) => [name, gradients[i].dataSync() as Float32Array]))
    },
    async run(steps) {
      const [clock, cpu] = [performance.now(), process.cpuUsage()]
      let loss = 0
      for (let i = 0; i < steps; i++) {
        const [value, gradients] = step(
          weights.map(w => w.ref),
          x.ref,
          y.ref,
        )
        weights = weights.map((w, k) => w.sub(gradients[k].mul(0.01)))
        await blockUntilReady(weights as never)
        loss = (await value.data())[0]
      }
      const { user, system } = process.cpuUsage(cpu)
      return {
        wall: (performance.now() - clock) / steps,
        cpu: (user + system) / 1e3 / steps,
        loss,
      }
    },
    close: async () => {},
  }
}

/** The operators of the networks compared; each value is used once. */
function forward({ nodes }: Described, x: JaxArray, weights: Record<string, JaxArray>): JaxArray {
  let value = x
  for (const { op, inputs } of nodes) {
    const [weight, bias] = inputs.slice(1).map(name => weights[name])
    if (op === 'Gemm') value = np.matmul(value, np.transpose(weight)).add(bias)
    else if (op === 'Relu') value = nn.relu(value)
    else if (op === 'Flatten') value = value.reshape([value.shape[0], -1])
    else if (op === 'Conv') {
      const padded = lax.convGeneralDilated(
        value,
        weight,
        [1, 1],
        [
          [1, 1],
          [1, 1],
        ],
      )
      value = padded.add(bias.reshape([1, -1, 1, 1]))
    } else if (op === 'MaxPool') {
      const [n, c, h, w] = value.shape
      value = np.max(value.reshape([n, c, h / 2, 2, w / 2, 2]), [3, 5])
    } else throw new Error(`the comparison with jax-js has no ${op}`)
  }
  return value
}
