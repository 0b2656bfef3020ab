import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { wavFile } from '../data/index.js'
import { newNetwork } from '../networks/index.js'
import { writeModel } from '../onnx/index.js'
import { checkRecipe } from './index.js'
import { openSets } from './resolve-data.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-sets-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
}

function recording(name: string, samples: number): void {
  write(name, wavFile(new Float32Array(samples).fill(0.1), { channels: 1, sampleRate: 8000 }))
}

async function picture(name: string, side: number): Promise<void> {
  const create = { width: side, height: side, channels: 3, background: 'grey' } as const
  write(name, await sharp({ create }).png().toBuffer())
}

const open = (train: string, test: string) => {
  const data = { train: join(folder, train), test: join(folder, test), validation: 0.5 }
  return openSets(checkRecipe({ model: { network: 'mlp' }, data }))
}

describe('data a model is trained further on', () => {
  const classes = ['cat', 'ant', 'bee']
  const model = join(folder, 'three.onnx')
  const openFor = (train: string) => {
    const data = { train: join(folder, train), validation: 0.5 }
    return openSets(checkRecipe({ model: { file: model }, data }))
  }

  it('have the labels the model knows its classes by', async () => {
    const made = newNetwork('mlp', { input: [2], classes: 3, seed: 0 })
    const metadata = new Map([...made.metadata, ['temper.classes', JSON.stringify(classes)]])
    writeFileSync(model, writeModel({ ...made, metadata }))
    write('named.csv', 'a,b,label\n1,2,ant\n2,3,bee\n3,4,ant\n4,5,bee\n')
    const { train, validation } = await openFor('named.csv')
    for (const { classes: found, labels } of [train, validation])
      expect([found, [...labels!].every(label => label > 0)]).toEqual([classes, true])
  })

  it('keep their own where the model does not know them all', async () => {
    write('new.csv', 'a,b,label\n1,2,ant\n2,3,bee\n3,4,dog\n4,5,bee\n')
    const { train } = await openFor('new.csv')
    expect(train.classes).toEqual(['ant', 'bee', 'dog'])
  })
})

describe('test data are opened as the training data are', () => {
  it('with their classes in their order, also where one has no samples', async () => {
    write('train.csv', 'a,b,label\n1,2,ant\n2,3,bee\n3,4,cat\n4,5,ant\n')
    write('test.csv', 'a,b,label\n1,2,cat\n2,3,bee\n')
    const { test } = await open('train.csv', 'test.csv')
    expect(test!.classes).toEqual(['ant', 'bee', 'cat'])
    expect([...test!.labels!]).toEqual([2, 1])
    write('other.csv', 'a,b,label\n1,2,dog\n')
    await expect(open('train.csv', 'other.csv')).rejects.toThrow(/"dog" is none of the 3 classes/)
  })

  it('with targets that happen to be whole numbers as targets', async () => {
    write('heights.csv', 'a,y\n1,0.5\n2,1.5\n3,2\n')
    write('whole.csv', 'a,y\n1,1\n2,3\n')
    const { test } = await open('heights.csv', 'whole.csv')
    expect([...test!.targets!]).toEqual([1, 3])
  })

  it('with the length of the longest training recording', async () => {
    for (let i = 0; i < 8; i++) {
      recording(`long/${i % 2}/${i}.wav`, 900 + i)
      recording(`short/${i % 2}/${i}.wav`, 400 + i)
    }
    const { test } = await open('long', 'short')
    expect(test!.shape).toEqual([1, 907])
  })

  it('and are refused before anything runs where their images are of another size', async () => {
    for (const name of ['x/1', 'y/2']) {
      await picture(`small/${name}.png`, 8)
      await picture(`large/${name}.png`, 10)
    }
    await expect(open('small', 'large')).rejects.toThrow(
      /large: expected samples of \[3, 8, 8\], as small has, received "\[3, 10, 10\]".*`size`/,
    )
  })
})
