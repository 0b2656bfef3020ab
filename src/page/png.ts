import { deflateSync } from 'node:zlib'
import { crc32 } from '../base/index.js'

/** An image as the network sees it before normalisation: values in [0, 1], `[channel, height, width]`. */
export interface Picture {
  readonly data: Float32Array
  readonly shape: readonly [channels: number, height: number, width: number]
}

/** A PNG data URL of the file `png` makes. */
export const pngDataUrl = (image: Picture, most?: number): string =>
  `data:image/png;base64,${png(image, most).toString('base64')}`

/** A PNG file; grey for one channel, RGB for three or more; larger sides are averaged down to `most` pixels. */
export function png(image: Picture, most = 160): Buffer {
  const { data, shape } = shrunk(image, most)
  const [channels, height, width] = shape
  const colors = channels >= 3 ? 3 : 1
  const rows = Buffer.alloc(height * (1 + width * colors))
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < colors; c++)
        rows[y * (1 + width * colors) + 1 + x * colors + c] = byteOf(
          data[(c * height + y) * width + x],
        )
  return encode(width, height, colors, rows)
}

const byteOf = (value: number) => Math.round(Math.min(1, Math.max(0, value || 0)) * 255)

/** Means over square blocks, so that no side is longer than `most`. */
function shrunk(image: Picture, most: number): Picture {
  const [channels, height, width] = image.shape
  const block = Math.ceil(Math.max(height, width) / most)
  if (block <= 1) return image
  const [h, w] = [Math.floor(height / block), Math.floor(width / block)]
  const data = new Float32Array(channels * h * w)
  for (let i = 0; i < data.length; i++) {
    const [c, y, x] = [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w]
    let sum = 0
    for (let k = 0; k < block * block; k++) {
      const [dy, dx] = [Math.floor(k / block), k % block]
      sum += image.data[(c * height + y * block + dy) * width + x * block + dx]
    }
    data[i] = sum / (block * block)
  }
  return { data, shape: [channels, h, w] }
}

/** PNG (ISO 15948): signature, header, one compressed data chunk, end. */
function encode(width: number, height: number, colors: 1 | 3, rows: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  header[9] = colors === 3 ? 2 : 0
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
