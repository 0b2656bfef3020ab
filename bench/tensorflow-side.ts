import { type Described, numbers, parameter } from '../test/networks/described.js'
import { labelsOf, type Runner } from './sides.js'

const how = 'not installed: npm install --no-save @tensorflow/tfjs @tensorflow/tfjs-backend-wasm'

/** Loaded by a name that no bundler follows: the packages may be absent. */
const load = (name: string) => import(/* @vite-ignore */ name)

/**
 * The step in TensorFlow.js on its WebAssembly backend with plain gradient descent, or why not: that
 * backend has no gradient of a convolution's filter.
 */
export async function openTensorFlow(network: Described): Promise<Runner | string> {
  // biome-ignore lint/suspicious/noExplicitAny: the package's types are absent where it is
  let tf: any
  try {
    // Its core alone knows no gradients.
    tf = await load('@tensorflow/tfjs')
    await load('@tensorflow/tfjs-backend-wasm')
  } catch {
    return how
  }
  await tf.setBackend('wasm')
  await tf.ready()
  const { input, classes, parameters, nodes } = network
  const count = input.reduce((a, b) => a * b, 1)
  const others = nodes.filter(({ op }) => !['Gemm', 'Relu', 'Flatten'].includes(op))
  if (others.length) return `its WebAssembly backend has no gradient of ${others[0].op}`
  const x = tf.tensor(numbers('input 0', count), input)
  const y = tf.tensor(labelsOf(network), [input[0], classes])
  const weights = Object.fromEntries(
    Object.entries(parameters).map(([name, shape]) => [
      name,
      tf.variable(tf.tensor(parameter(name, shape).data, shape)),
    ]),
  )
  const loss = () => {
    let value = x
    for (const { op, inputs } of nodes)
      if (op === 'Gemm')
        value = tf.add(tf.matMul(value, weights[inputs[1]], false, true), weights[inputs[2]])
      else if (op === 'Relu') value = tf.relu(value)
      else value = tf.reshape(value, [input[0], -1])
    return tf.mul(tf.sum(tf.mul(tf.logSoftmax(value), y)), -1 / input[0])
  }
  const optimizer = tf.train.sgd(0.01)
  return {
    gradients: async () => new Map(),
    async run(steps) {
      const [clock, cpu] = [performance.now(), process.cpuUsage()]
      let last = 0
      for (let i = 0; i < steps; i++) {
        const value = optimizer.minimize(loss, true)
        last = (await value.data())[0]
        value.dispose()
      }
      const { user, system } = process.cpuUsage(cpu)
      return {
        wall: (performance.now() - clock) / steps,
        cpu: (user + system) / 1e3 / steps,
        loss: last,
      }
    },
    close: async () => {},
  }
}
