import { join } from 'node:path'
import { DataError, expected, sameShape, type Tensor } from '../../base/index.js'
import { readTensor } from '../../onnx/index.js'
import { listFolder, readSample } from '../sources/folder.js'
import { memoryDataset } from '../sources/memory.js'
import type { Format, Place } from './place.js'

const setFolder = /^test_data_set_(\d+)$/
const part = /^(input|output)_(\d+)\.pb$/

/** One recorded run of a model: its inputs and the outputs they should give, in the model's order. */
export interface RecordedRun {
  name: string
  inputs: Tensor[]
  outputs: Tensor[]
}

/** The `test_data_set_N` folders beside a model of the ONNX model zoo. Throws DataError. */
export async function readRecordedRuns(place: Place): Promise<RecordedRun[]> {
  const folders = place
    .listing!.folders.filter(name => setFolder.test(name))
    .sort((a, b) => Number(setFolder.exec(a)![1]) - Number(setFolder.exec(b)![1]))
  return Promise.all(
    folders.map(async name => {
      const { files } = await listFolder(place.path, join(place.path, name))
      const read = (kind: string) =>
        Promise.all(
          files
            .filter(file => part.exec(file)?.[1] === kind)
            .sort((a, b) => Number(part.exec(a)![2]) - Number(part.exec(b)![2]))
            .map(file => readTensorFile(place, `${name}/${file}`)),
        )
      return { name, inputs: await read('input'), outputs: await read('output') }
    }),
  )
}

async function readTensorFile({ path, name }: Place, file: string): Promise<Tensor> {
  const bytes = await readSample(path, file)
  try {
    const { value } = readTensor(bytes)
    if (value) return value
  } catch (error) {
    throw new DataError(`${name}/${file}: not an ONNX tensor (${(error as Error).message}).`)
  }
  throw new DataError(`${name}/${file}: not an ONNX tensor.`)
}

/** The first inputs of the recorded runs as samples: what the model takes, already preprocessed. */
export const onnxTestData: Format = {
  name: 'onnx-test-data',
  describe:
    'folder with test_data_set_N/input_0.pb (ONNX model zoo): the first inputs, without labels',
  matches: ({ listing }) => listing?.folders.some(name => setFolder.test(name)) ?? false,
  open: async place => {
    const inputs = (await readRecordedRuns(place)).map(({ inputs: [first], name }) => {
      if (first?.dtype !== 'float32' || !first.shape.length)
        throw new DataError(
          expected(
            `${place.name}/${name}`,
            'input_0.pb of float32 [batch, ...]',
            first?.dtype ?? 'nothing',
          ),
        )
      return first as Tensor<'float32'>
    })
    const [, ...shape] = inputs[0].shape
    const other = inputs.find(input => !sameShape(input.shape.slice(1), shape))
    if (other)
      throw new DataError(
        expected(
          place.name,
          `inputs [batch, ${shape.join(', ')}] alike`,
          `[${other.shape.join(', ')}]`,
        ),
      )
    const values = new Float32Array(inputs.reduce((sum, input) => sum + input.data.length, 0))
    let at = 0
    for (const { data } of inputs) {
      values.set(data, at)
      at += data.length
    }
    return memoryDataset({
      name: place.name,
      format: 'onnx-test-data',
      detected: `${place.name}: the first inputs [${shape.join(', ')}] of ${inputs.length} recorded runs, as the model takes them, without labels.`,
      kind: shape.length === 3 ? 'image' : 'vector',
      shape,
      values,
    })
  },
}
