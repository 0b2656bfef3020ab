import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { keyOf, Random, sizeOf, type Tensor, tensor } from '../../src/base/index.js'
import { readTensor } from '../../src/onnx/index.js'

/** The folder of real models and data beside the checkout; tests that use it skip where it is missing. */
export const sharedFolder = resolve(import.meta.dirname, '../../../shared')
export const hasShared = existsSync(sharedFolder)
if (!hasShared) console.warn('the folder ../shared is missing: tests that need it are skipped')

export function sharedModel(name: string): Uint8Array {
  return readFileSync(resolve(sharedFolder, 'models', name))
}

export interface ConformanceCase {
  readonly name: string
  readonly opset: number
  readonly ops: readonly string[]
  /** Whether the stock runtime passes it. */
  readonly passes: boolean
}

const casesFolder = resolve(sharedFolder, 'data/onnx-node-tests')

/** The single-operator conformance cases of the ONNX project. */
export function conformanceCases(): ConformanceCase[] {
  if (!hasShared) return []
  const index = JSON.parse(readFileSync(resolve(casesFolder, 'index.json'), 'utf8'))
  return index.map((entry: { name: string; opset: number; ops: string[]; ort130: string }) => ({
    name: entry.name,
    opset: entry.opset,
    ops: entry.ops,
    passes: entry.ort130 === 'pass',
  }))
}

export function conformanceModel(name: string): Uint8Array {
  return readFileSync(resolve(casesFolder, name, 'model.onnx'))
}

/** The inputs of a case, in the order of the model's inputs. */
export function conformanceTensors(name: string, kind: 'input' | 'output'): Tensor[] {
  const folder = resolve(casesFolder, name, 'test_data_set_0')
  return readdirSync(folder)
    .filter(file => file.startsWith(kind))
    .sort((a, b) => numberIn(a) - numberIn(b))
    .map(file => readTensor(readFileSync(resolve(folder, file))).value!)
}

function numberIn(file: string): number {
  return Number(/\d+/.exec(file))
}

function uniform(name: string, shape: readonly number[], low = 0, high = 1): Tensor {
  const random = new Random(keyOf(7, name))
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    () => low + (high - low) * random.float(),
  )
  return tensor('float32', shape, data)
}

/** Inputs that suit each of the shared models. */
export const sharedModels: Readonly<Record<string, () => Record<string, Tensor>>> = {
  'mnist-cntk-ort-examples.onnx': () => ({ Input3: uniform('cntk', [1, 1, 28, 28], 0, 255) }),
  'wonnx-opt-mnist.onnx': () => ({ Input3: uniform('wonnx', [1, 1, 28, 28], 0, 255) }),
  'ch_ppocr_mobile_v2.0_cls_infer.onnx': () => ({ x: uniform('ocr', [2, 3, 48, 192], -1, 1) }),
  'silero_vad_v5.onnx': () => ({
    input: uniform('silero', [1, 512], -0.5, 0.5),
    state: uniform('state', [2, 1, 128], -0.1, 0.1),
    sr: tensor('int64', [], BigInt64Array.of(16000n)),
  }),
  'oww-hello_deepa.onnx': () => ({ [owwInput]: uniform('oww', [1, 25, 96], -1, 1) }),
  'ultraface-rfb-320.onnx': () => ({ input: uniform('face', [1, 3, 240, 320], -1, 1) }),
}

const owwInput = 'onnx::Flatten_0'
