import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeImage, type ImageDecoding, imageHead } from './image.js'
import { parseNpy } from './npy.js'

const folder = resolve(import.meta.dirname, '../../../test/golden/data/images')
const file = (name: string) => readFileSync(join(folder, name))

/** What Pillow decodes, as planes of bytes. */
function pillow(name: string): { planes: number[]; height: number; width: number } {
  const { shape, values } = parseNpy(file(`${name}.npy`), name)
  const [height, width, channels = 1] = shape
  const pixels = height * width
  const planes = Array.from(
    { length: channels * pixels },
    (_, i) => values[(i % pixels) * channels + Math.floor(i / pixels)],
  )
  return { planes, height, width }
}

async function decoded(name: string, decoding: Omit<ImageDecoding, 'kind'>): Promise<number[]> {
  const out = new Float32Array(decoding.channels * decoding.height * decoding.width)
  await decodeImage(file(name), { kind: 'image', ...decoding }, out, name)
  return Array.from(out, value => Math.round(value * 255))
}

const largestDifference = (a: number[], b: number[]) =>
  Math.max(...a.map((v, i) => Math.abs(v - b[i])))

describe('images that Pillow wrote', () => {
  it.each([
    ['colour.png', 0],
    ['grey.png', 0],
    ['palette.png', 0],
    ['alpha.png', 0],
    ['lossless.webp', 0],
    ['photo.jpg', 2],
    ['turned.jpg', 2],
  ])('%s has the pixels Pillow sees, to %i', async (name, tolerance) => {
    const { planes, height, width } = pillow(name.split('.')[0])
    const got = await decoded(name, { channels: 3, height, width })
    expect(largestDifference(got, planes)).toBeLessThanOrEqual(tolerance)
    expect(await imageHead(file(name), name)).toEqual({
      channels: name.startsWith('grey') ? 1 : 3,
      height,
      width,
    })
  })

  it('makes grey by the luma Pillow uses, and 8 bits of 16', async () => {
    const size = { channels: 1, height: 24, width: 32 }
    expect(await decoded('colour.png', size)).toEqual(pillow('colour-grey').planes)
    const grey16 = await decoded('grey16.png', size)
    for (let i = 0; i < grey16.length; i++)
      expect(Math.abs(grey16[i] - ((i * 85) % 65536) / 257)).toBeLessThanOrEqual(1)
  })

  it.each([
    ['large-stretch-bilinear-24x20', { height: 24, width: 20, resize: { rule: 'stretch' } }],
    [
      'large-stretch-bicubic-24x20',
      { height: 24, width: 20, resize: { rule: 'stretch' }, interpolation: 'bicubic' },
    ],
    ['large-stretch-bilinear-90x100', { height: 90, width: 100, resize: { rule: 'stretch' } }],
    ['large-crop-32-24', { height: 24, width: 24, resize: { rule: 'crop', shortestEdge: 32 } }],
  ] as const)('%s resizes as Pillow does, within 1 of 255', async (name, decoding) => {
    const got = await decoded('large.png', { channels: 3, ...decoding })
    expect(largestDifference(got, pillow(name).planes)).toBeLessThanOrEqual(1)
  })

  it('letterboxes with grey bars', async () => {
    const got = await decoded('large.png', {
      channels: 3,
      height: 40,
      width: 40,
      resize: { rule: 'letterbox' },
    })
    expect(got.slice(0, 5 * 40)).toEqual(new Array(200).fill(114))
    expect(got.slice(6 * 40, 7 * 40).every(value => value === 114)).toBe(false)
  })
})

describe('images that are refused', () => {
  let bomb: Uint8Array
  beforeAll(async () => {
    const blank = {
      create: { width: 5000, height: 5000, channels: 3 as const, background: 'black' },
    }
    bomb = await sharp(blank).png().toBuffer()
  })
  const refuse = (bytes: Uint8Array) =>
    expect(
      decodeImage(
        bytes,
        { kind: 'image', channels: 3, height: 24, width: 32 },
        new Float32Array(24 * 32 * 3),
        'it',
      ),
    ).rejects

  it('SVG, another size, a cut file and a bomb each get a sentence', async () => {
    await refuse(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')).toThrow(
      /it: expected a PNG, JPEG or WebP image/,
    )
    await refuse(file('large.png')).toThrow(
      /it: expected an image 24x32 .* received "60x80".*`size` in --preprocess/,
    )
    await refuse(file('photo.jpg').subarray(0, 700)).toThrow(/it: the image cannot be decoded/)
    await refuse(bomb).toThrow(/more than 16777216 pixels/)
  })
})
