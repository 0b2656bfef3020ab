import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bitsOf, runModel } from '../../test/support/runtime.js'
import { ModelError, tensor } from '../base/index.js'
import { readModelFile } from './file.js'
import { put } from './proto/wire.js'
import { writeModel } from './proto/write.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'temper-external-'))
  mkdirSync(join(folder, 'model/parts'), { recursive: true })
  const weights = new Uint8Array(Float32Array.of(9, 1, 2, 9).buffer)
  writeFileSync(join(folder, 'model/weights.bin'), weights)
  writeFileSync(join(folder, 'model/parts/w.bin'), weights)
  writeFileSync(join(folder, 'secret.bin'), weights)
  writeFileSync(join(folder, 'twice.bin'), weights)
  linkSync(join(folder, 'twice.bin'), join(folder, 'model/hard.bin'))
  symlinkSync('../secret.bin', join(folder, 'model/soft.bin'))
  symlinkSync('..', join(folder, 'model/up'))
  execFileSync('mkfifo', [join(folder, 'model/pipe.bin')])
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A file with y = x + w whose w stands in another file. */
function writeExternal(location: string, offset = '4', length = '8'): string {
  const plain = writeModel({
    irVersion: 8,
    opsets: new Map([['', 17]]),
    producer: { name: '', version: '' },
    metadata: new Map(),
    graph: {
      name: 'g',
      nodes: [
        { name: '', op: 'Add', domain: '', inputs: ['x', 'w'], outputs: ['y'], attributes: {} },
      ],
      initializers: new Map(),
      inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
      values: new Map(),
      unknown: initializer({ location, offset, length }),
    },
  })
  const path = join(folder, 'model/model.onnx')
  writeFileSync(path, plain)
  return path
}

function initializer(entries: Record<string, string>): Uint8Array {
  const writer = new BinaryWriter()
  put.message(writer, 5, w => {
    put.integer(w, 1, 2)
    put.integer(w, 2, 1)
    put.text(w, 8, 'w')
    for (const [key, value] of Object.entries(entries))
      put.message(w, 13, e => {
        put.text(e, 1, key)
        put.text(e, 2, value)
      })
    put.integer(w, 14, 1)
  })
  return writer.finish()
}

describe('external data', () => {
  it.each(['weights.bin', 'parts/w.bin', './weights.bin'])('is read from %s', async location => {
    const model = readModelFile(writeExternal(location))
    expect(model.graph.initializers.get('w')).toEqual(tensor('float32', [2], Float32Array.of(1, 2)))
    const x = tensor('float32', [2], Float32Array.of(10, 20))
    const { y } = await runModel(writeModel(model), { x })
    expect(bitsOf(y)).toBe(bitsOf(tensor('float32', [2], Float32Array.of(11, 22))))
  })

  it.each([
    ['../secret.bin', /leaves the folder/],
    ['parts/../../secret.bin', /leaves the folder/],
    ['..\\secret.bin', /leaves the folder/],
    ['/etc/hostname', /leaves the folder/],
    ['C:\\weights.bin', /leaves the folder/],
    ['weights.bin\0.txt', /leaves the folder/],
    ['', /leaves the folder/],
    ['.', /leaves the folder/],
    ['soft.bin', /symbolic link/],
    ['up/secret.bin', /symbolic link/],
    ['hard.bin', /hard link/],
    ['pipe.bin', /not a regular file/],
    ['parts', /not a regular file/],
    ['missing.bin', /no such file/],
  ])('is refused at %j', (location, sentence) => {
    const read = () => readModelFile(writeExternal(location))
    expect(read).toThrow(ModelError)
    expect(read).toThrow(sentence)
  })

  it.each([
    ['12', '8', /has 16 bytes/],
    ['0', '16', /should hold 8 bytes and holds 16/],
    ['-4', '8', /offset "-4"/],
    ['1e3', '8', /offset "1e3"/],
    ['9007199254740993', '8', /offset/],
  ])('is refused at offset %s, length %s', (offset, length, sentence) => {
    expect(() => readModelFile(writeExternal('weights.bin', offset, length))).toThrow(sentence)
  })
})

describe('a model file', () => {
  it('that is missing, or a folder, is refused with its path', () => {
    expect(() => readModelFile(join(folder, 'none.onnx'))).toThrow(/none.onnx.*no such file/)
    expect(() => readModelFile(folder)).toThrow(/is not a file/)
  })
})
