import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openData } from '../index.js'
import { parseNpy } from './npy.js'
import { readZip } from './zip.js'

const folder = resolve(import.meta.dirname, '../../../test/golden/data/numpy')
const npy = (name: string) => parseNpy(readFileSync(join(folder, name)), name)
const sample = async (path: string, index: number, options = {}) => {
  const dataset = await openData(path, options)
  const out = new Float32Array(dataset.shape.reduce((a, b) => a * b, 1))
  await dataset.read(index, out)
  return { dataset, out: Array.from(out) }
}

describe('arrays that numpy wrote', () => {
  it.each(readdirSync(folder).filter(name => /^[fiub]\d-/.test(name)))('%s', name => {
    const array = npy(name)
    const wanted = Array.from({ length: 12 }, (_, i) =>
      name.startsWith('b1') ? Number(i % 2 === 0) : i,
    )
    expect(array.shape).toEqual([2, 3, 2])
    expect(Array.from(array.values)).toEqual(wanted)
    expect(wanted.map((_, i) => array.exact(i))).toEqual(wanted)
  })

  it('Fortran order, a scalar, and text', () => {
    expect(Array.from(npy('fortran.npy').values)).toEqual(Array.from({ length: 24 }, (_, i) => i))
    expect(npy('scalar.npy').shape).toEqual([])
    expect([0, 1, 2, 3].map(npy('text.npy').text)).toEqual(['cat', 'dog', 'čaj', 'cat'])
    expect([0, 1].map(npy('bytes.npy').text)).toEqual(['cat', 'dog'])
  })

  it('refuses objects, records and complex numbers, saying why', () => {
    expect(() => npy('refused-objects.npy')).toThrow(/Python objects.*pickle runs code.*np\.savez/)
    expect(() => npy('refused-records.npy')).toThrow(/Python objects or records/)
    expect(() => npy('refused-complex.npy')).toThrow(/expected numbers .*numpy type <c8/)
  })
})

describe('archives that numpy wrote', () => {
  it('bytes are images divided by 255, stored or deflated', async () => {
    const { dataset, out } = await sample(join(folder, 'images.npz'), 1)
    expect(dataset.detected).toBe(
      'images.npz: 6 grey images [1, 4, 5], bytes divided by 255, 3 classes.',
    )
    expect(dataset.labels).toEqual(Int32Array.of(0, 1, 2, 0, 1, 2))
    const bytes = npyOf('images.npz', 'x.npy').values
    expect(out).toEqual(Array.from(bytes.slice(20, 40), byte => Math.fround(byte / 255)))
    const packed = await sample(join(folder, 'images-compressed.npz'), 1)
    expect(packed.out).toEqual(out)
    expect(await packed.dataset.sha256()).toBe(await dataset.sha256())
  })

  it('channels last become channels first; text labels become classes', async () => {
    const { dataset, out } = await sample(join(folder, 'colour-last.npz'), 2)
    expect(dataset.shape).toEqual([3, 2, 4])
    expect(dataset.classes).toEqual(['a', 'b'])
    expect(Array.from(dataset.labels!)).toEqual([1, 0, 1])
    const bytes = npyOf('colour-last.npz', 'images.npy').values
    for (let c = 0; c < 3; c++)
      for (let p = 0; p < 8; p++)
        expect(out[c * 8 + p]).toBe(Math.fround(bytes[48 + p * 3 + c] / 255))
  })

  it('splits, targets, one-hot rows, and waveforms when a rate is given', async () => {
    const path = join(folder, 'splits.npz')
    expect((await sample(path, 0)).dataset.name).toBe('splits.npz:train')
    expect((await sample(`${path}:test`, 0)).dataset.length).toBe(3)
    expect((await sample(path, 0, { sampleRate: 100 })).dataset).toMatchObject({
      kind: 'audio',
      shape: [1, 7],
    })
    await expect(openData(`${path}:val`)).rejects.toThrow(/no split "val"; it has train, test/)
    const regression = (await sample(join(folder, 'regression.npz'), 0)).dataset
    expect(regression.classes).toBeUndefined()
    expect(Array.from(regression.targets!)).toEqual([0.5, -1.5, 2, 3])
    expect(Array.from((await sample(join(folder, 'one-hot.npz'), 0)).dataset.labels!)).toEqual([
      2, 0, 1,
    ])
  })

  it('numbers outside [0, 1] are series, which no range cuts off; --format says otherwise', async () => {
    const open = async (file: string, options = {}) =>
      (await sample(join(folder, file), 0, options)).dataset
    const series = await open('series.npz')
    expect(series).toMatchObject({ kind: 'vector', shape: [3, 5] })
    expect(series.detected).toMatch(/4 series \[3, 5\].*not in \[0, 1\]; --format images/)
    expect(await open('series.npz', { format: 'images' })).toMatchObject({
      kind: 'image',
      shape: [1, 3, 5],
    })
    expect(await open('series.npz', { format: 'vectors' })).toMatchObject({ shape: [3, 5] })
    const planes = await open('unit-planes.npz')
    expect(planes).toMatchObject({ kind: 'image', shape: [1, 3, 5] })
    expect(planes.detected).toMatch(/--format series if not/)
    expect(await open('unit-planes.npz', { format: 'series' })).toMatchObject({ kind: 'vector' })
    expect((await open('float-bytes.npz')).detected).toMatch(/save bytes as uint8/)
    expect(await open('splits.npz', { format: 'series' })).toMatchObject({ shape: [1, 7] })
    await expect(open('splits.npz', { format: 'images' })).rejects.toThrow(/images: .*\[5,7\]/)
    await expect(open('images.npz', { format: 'serries' })).rejects.toThrow(/Did you mean series/)
    await expect(openData(folder.replace(/numpy$/, 'wav'), { format: 'series' })).rejects.toThrow(
      /--format series: .*wav is neither/,
    )
  })

  it('refuses a bomb, an entry that lies about its size, and a damaged byte', () => {
    const packed = deflateRawSync(Buffer.alloc(2 ** 27))
    const bomb = readZip(zipOf(packed, 2 ** 27), 'bomb.npz')
    expect(() => bomb[0].read()).toThrow(/bomb\.npz\/x: expected at most 200 times its packed size/)
    const liar = readZip(zipOf(packed, 1000), 'liar.npz')
    expect(() => liar[0].read()).toThrow(/cut short or damaged/)
    const bytes = Uint8Array.from(readFileSync(join(folder, 'images.npz')))
    bytes[250] ^= 1
    expect(() => readZip(bytes, 'flipped.npz').map(entry => entry.read())).toThrow(/damaged/)
  })
})

function npyOf(archive: string, name: string) {
  const entry = readZip(readFileSync(join(folder, archive)), archive).find(e => e.name === name)!
  return parseNpy(entry.read(), name)
}

/** A zip of one deflated entry `x` that claims to hold `size` bytes. */
function zipOf(packed: Uint8Array, size: number): Uint8Array {
  const local = Buffer.alloc(31)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(1, 26)
  local.write('x', 30)
  const central = Buffer.alloc(47)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE(8, 10)
  central.writeUInt32LE(packed.length, 20)
  central.writeUInt32LE(size, 24)
  central.writeUInt16LE(1, 28)
  central.write('x', 46)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(local.length + packed.length, 16)
  return Buffer.concat([local, packed, central, end])
}
