import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { tensor } from '../../base/index.js'
import { newNetwork } from '../../networks/index.js'
import { readModel, writeModel } from '../../onnx/index.js'
import { checkpointFolder, encodeSafetensors, writeCheckpoint } from '../../record/index.js'
import { memberModel } from './file.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-members-'))
afterAll(() => rmSync(folder, { recursive: true }))
const [first, second] = [0, 1].map(seed =>
  writeModel(newNetwork('mlp', { input: [4], classes: 3, seed })),
)
const model = join(folder, 'model.onnx')
writeFileSync(model, first)
mkdirSync(join(folder, 'checkpoints'))

/** A checkpoint with the second network's weights. */
function checkpoint(step: number, part = 'weights.safetensors'): string {
  const { initializers } = readModel(second).graph
  const weights = [...initializers].filter(([name]) => name.startsWith('fc'))
  const tensors = new Map(
    weights.map(([name, { shape, data }]) => [
      name,
      tensor('float32', [...shape], data as Float32Array),
    ]),
  )
  const path = checkpointFolder(join(folder, 'checkpoints'), step)
  writeCheckpoint(path, step, { [part]: encodeSafetensors(tensors) })
  return path
}

const weightsOf = (bytes: Uint8Array) =>
  [...readModel(bytes).graph.initializers].map(([name, { data }]) => [name, data])

describe('a member of an ensemble', () => {
  it('is a file, or the model of a run', async () => {
    expect(await memberModel(model)).toBe(model)
    expect(await memberModel(folder)).toBe(model)
  })

  it("is the run's model with the weights of a checkpoint", async () => {
    const made = (await memberModel(checkpoint(1))) as Uint8Array
    expect(weightsOf(made)).toEqual(weightsOf(second))
    expect(weightsOf(made)).not.toEqual(weightsOf(first))
  })

  it('is refused where a folder is neither', async () => {
    await expect(memberModel(join(folder, 'checkpoints'))).rejects.toThrow(
      /--ensemble: expected an ONNX file, a finished run's folder or one of its checkpoints.*There is no .*model.onnx/,
    )
    await expect(memberModel(checkpoint(2, 'other.safetensors'))).rejects.toThrow(
      /There is no weights.safetensors/,
    )
  })
})
