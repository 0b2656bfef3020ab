// Files made to hurt: small ones that claim to be large, deep or endless. Sizes are bytes unless said.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { crc32, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'

const MB = 2 ** 20
const golden = name => readFileSync(`test/golden/data/${name}`)
const u16 = n => [n & 255, (n >> 8) & 255]
const u32 = n => [...u16(n & 0xffff), ...u16(n >>> 16)]
const be32 = n => u32(n).reverse()
const ascii = text => [...Buffer.from(text, 'latin1')]
const bytes = (...parts) => Buffer.concat(parts.map(part => Buffer.from(part)))

/** One bomb: `file` (with a folder before it where a folder is opened) and how it is written. */
const bomb = (name, file, make, options) => ({
  name,
  file,
  options,
  make: async path => {
    const made = await make(path)
    if (made !== undefined) writeFileSync(path, Buffer.from(made))
  },
})

const chunk = (type, body) => {
  const typed = bytes(ascii(type), body)
  return bytes(be32(body.length), typed, be32(crc32(typed)))
}
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const ihdr = (width, height, bits = 8, colour = 0, interlace = 0) =>
  chunk('IHDR', bytes(be32(width), be32(height), [bits, colour, 0, 0, interlace]))
const png = (...chunks) => bytes(PNG, ...chunks, chunk('IEND', []))
const zeros = n => deflateSync(Buffer.alloc(n), { level: 9 })

const images = [
  bomb('PNG of 225 million pixels in 29 kB', 'a/x.png', () =>
    png(ihdr(15_000, 15_000, 1), chunk('IDAT', zeros(15_000 * 1876))),
  ),
  bomb('PNG of 2^31 - 1 a side', 'a/x.png', () =>
    png(ihdr(2 ** 31 - 1, 2 ** 31 - 1, 16, 6), chunk('IDAT', zeros(9))),
  ),
  bomb('PNG of no width', 'a/x.png', () => png(ihdr(0, 4), chunk('IDAT', zeros(9)))),
  bomb('PNG of 16 million pixels, one less than too many', 'a/x.png', () =>
    png(ihdr(4096, 4096, 16, 6), chunk('IDAT', zeros(4096 * (4096 * 8 + 1)))),
  ),
  bomb('PNG of 16 million interlaced pixels', 'a/x.png', () =>
    png(ihdr(4096, 4096, 8, 2, 1), chunk('IDAT', zeros(3 * 4096 * 4096 + 15_000))),
  ),
  bomb('PNG whose text unpacks to 1 GB', 'a/x.png', () =>
    png(
      ihdr(4, 4),
      chunk('zTXt', bytes(ascii('a\0\0'), zeros(1024 * MB))),
      chunk('IDAT', zeros(20)),
    ),
  ),
  bomb('PNG whose colour profile unpacks to 512 MB', 'a/x.png', () =>
    png(
      ihdr(4, 4),
      chunk('iCCP', bytes(ascii('a\0\0'), zeros(512 * MB))),
      chunk('IDAT', zeros(20)),
    ),
  ),
  bomb('PNG whose samples unpack to 1 GB more than it has', 'a/x.png', () =>
    png(ihdr(4, 4), chunk('IDAT', zeros(1024 * MB))),
  ),
  bomb('PNG of 200,000 empty chunks', 'a/x.png', () =>
    png(
      ihdr(4, 4),
      Buffer.concat(Array(200_000).fill(chunk('IDAT', []))),
      chunk('IDAT', zeros(20)),
    ),
  ),
  bomb('PNG without samples', 'a/x.png', () => png(ihdr(4, 4))),
  bomb('SVG that calls itself PNG', 'a/x.png', () =>
    ascii('<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"/>'),
  ),
  bomb('XML of a billion laughs that calls itself WebP', 'a/x.webp', () =>
    ascii('<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;&b;">]><svg>&c;</svg>'),
  ),
  bomb('GIF that calls itself JPEG', 'a/x.jpg', () => ascii('GIF89a\x10\x10\x00\x00\x00;')),
  bomb('JPEG of 65,535 a side', 'a/x.jpg', () =>
    withSize(golden('images/photo.jpg'), 65_535, 65_535),
  ),
  bomb('JPEG of 4,096 a side over the samples of 32', 'a/x.jpg', () =>
    withSize(golden('images/photo.jpg'), 4095, 4095),
  ),
  bomb('progressive JPEG of 4,095 a side and 3,000 scans', 'a/x.jpg', () => manyScans(4095, 3000)),
  bomb('JPEG of 100,000 comments', 'a/x.jpg', () =>
    bytes(
      [0xff, 0xd8],
      Buffer.concat(Array(100_000).fill(Buffer.from([0xff, 0xfe, 0, 2]))),
      golden('images/photo.jpg').subarray(2),
    ),
  ),
  bomb('JPEG that begins and no more', 'a/x.jpg', () => [0xff, 0xd8, 0xff]),
  bomb('WebP of 16,383 a side', 'a/x.webp', () => webpOfSize(16_383)),
  bomb('WebP of 4,000 a side over the samples of 32', 'a/x.webp', () => webpOfSize(4000)),
]

/** The size in a JPEG's head changed. */
function withSize(jpeg, width, height) {
  const at = jpeg.findIndex(
    (byte, i) => byte === 0xff && jpeg[i + 1] >= 0xc0 && jpeg[i + 1] <= 0xc2,
  )
  const changed = Buffer.from(jpeg)
  changed.writeUInt16BE(height, at + 5)
  changed.writeUInt16BE(width, at + 7)
  return changed
}

/** A head of a progressive picture, and the same empty scan again and again. */
function manyScans(side, scans) {
  const jpeg = withSize(golden('magick/progressive.jpg'), side, side)
  const begin = jpeg.indexOf(Buffer.from([0xff, 0xda]))
  const next = jpeg.indexOf(Buffer.from([0xff, 0xda]), begin + 2)
  const scan = jpeg.subarray(begin, next < 0 ? jpeg.length - 2 : next)
  return bytes(jpeg.subarray(0, begin), ...Array(scans).fill(scan), [0xff, 0xd9])
}

/** A lossless picture's head with another size. */
function webpOfSize(side) {
  const webp = golden('images/lossless.webp')
  const at = webp.indexOf('VP8L') + 9
  const changed = Buffer.from(webp)
  const rest = webp.readUInt32LE(at) & 0xf0000000
  changed.writeUInt32LE((rest | ((side - 1) << 14) | (side - 1)) >>> 0, at)
  return changed
}

const wav = ({
  tag = 1,
  channels = 1,
  rate = 8000,
  bits = 16,
  size,
  samples = Buffer.alloc(800),
}) =>
  bytes(
    ascii('RIFF'),
    u32(0xffffffff),
    ascii('WAVEfmt '),
    u32(16),
    u16(tag),
    u16(channels),
    u32(rate),
    u32(rate * 2),
    u16((channels * bits) / 8),
    u16(bits),
    ascii('data'),
    u32(size ?? samples.length),
    samples,
  )
const flac = (name, change) =>
  bomb(name, 'a/x.flac', () => {
    const file = Buffer.from(golden('flac/constant.flac'))
    return change(file) ?? file
  })

const sounds = [
  bomb('WAV of 4 GB in 800', 'a/x.wav', () => wav({ size: 0xfffffff0 })),
  bomb('WAV of 3 GB in 800', 'a/x.wav', () => wav({ size: 3 * 2 ** 30 - 1 })),
  bomb('WAV of 65,535 channels', 'a/x.wav', () => wav({ channels: 65_535, bits: 8 })),
  bomb('WAV of no channels', 'a/x.wav', () => wav({ channels: 0 })),
  bomb('WAV of one sample a second, a day long', 'a/x.wav', () =>
    wav({ rate: 1, samples: Buffer.alloc(172_800) }),
  ),
  bomb('WAV of 4 billion samples a second', 'a/x.wav', () => wav({ rate: 0xffffffff })),
  bomb(
    'WAV of 9 minutes at 1,000 Hz read at 768,000',
    'a/x.wav',
    () => wav({ rate: 1000, samples: Buffer.alloc(1_080_000) }),
    { sampleRate: 768_000 },
  ),
  bomb('WAV of 11 minutes', 'a/x.wav', () => wav({ samples: Buffer.alloc(660 * 16_000) })),
  bomb('WAV of 5 million empty chunks', 'a/x.wav', () =>
    bytes(
      ascii('RIFF'),
      u32(0),
      ascii('WAVE'),
      Buffer.alloc(40 * MB, Buffer.from([...ascii('LIST'), 0, 0, 0, 0])),
    ),
  ),
  bomb('WAV whose chunk is longer than all', 'a/x.wav', () =>
    bytes(ascii('RIFF'), u32(4), ascii('WAVELIST'), u32(0xffffffff)),
  ),
  bomb('WAV of floats that are no numbers', 'a/x.wav', () =>
    wav({ tag: 3, bits: 32, samples: Buffer.alloc(800, 0xff) }),
  ),
  flac('FLAC of 2^36 samples in 121 bytes', file => void file.fill(0xff, 22, 26)),
  flac('FLAC of 30 million samples in 121 bytes', file => void file.set(be32(30_000_000), 22)),
  flac('FLAC of 33 million constant samples', file => {
    const head = Buffer.from(file)
    head.fill(0, 21, 26)
    head.set([0xff, 0xff], 8)
    head.set([0xff, 0xff], 10)
    return bytes(head.subarray(0, 42), [0x81, 0, 0, 0], ...constantFrames(511))
  }),
  flac('FLAC whose tag is longer than the file', file => void file.set([4, 0xff, 0xff, 0xff], 42)),
  flac('FLAC of a million empty tags', file =>
    bytes(file.subarray(0, 4), [0], file.subarray(5, 42), Buffer.alloc(4 * MB, 0), [0x81, 0, 0, 0]),
  ),
]

/** Frames of 65,535 equal samples, each a few bytes long, with right checksums. */
function constantFrames(count) {
  const crc = (data, bits, polynomial) => {
    let value = 0
    for (const byte of data) {
      value ^= byte << (bits - 8)
      for (let bit = 0; bit < 8; bit++)
        value =
          (value & (1 << (bits - 1)) ? (value << 1) ^ polynomial : value << 1) & (2 ** bits - 1)
    }
    return value
  }
  const head = [0xff, 0xf8, 0x70, 0x08, 0x00, 0xff, 0xfe]
  const body = [...head, crc(head, 8, 0x07), 0x00, 0x12, 0x34]
  const sum = crc(body, 16, 0x8005)
  return Array(count).fill(Buffer.from([...body, sum >> 8, sum & 255]))
}

const npy = (dictionary, values = Buffer.alloc(16)) => {
  const head = ascii(`${dictionary}\n`)
  return bytes([0x93, ...ascii('NUMPY'), 1, 0], u16(head.length), head, values)
}
const shape = text => `{'descr': '<f4', 'fortran_order': False, 'shape': (${text}), }`

const zip = (entries, { count = entries.length } = {}) => {
  let at = 0
  const [locals, central] = [[], []]
  for (const { name, packed, size, method = 8, crc = 0 } of entries) {
    const same = [
      u16(20),
      u16(0),
      u16(method),
      u32(0),
      u32(crc),
      u32(packed.length),
      u32(size),
      u16(name.length),
      u16(0),
    ]
    locals.push(bytes(ascii('PK\x03\x04'), ...same, ascii(name), packed))
    central.push(
      bytes(
        ascii('PK\x01\x02'),
        u16(20),
        ...same,
        u16(0),
        u16(0),
        u16(0),
        u32(0),
        u32(at),
        ascii(name),
      ),
    )
    at += locals.at(-1).length
  }
  const directory = bytes(...central)
  return bytes(
    ...locals,
    directory,
    ascii('PK\x05\x06'),
    u32(0),
    u16(count & 0xffff),
    u16(count & 0xffff),
    u32(directory.length),
    u32(at),
    u16(0),
  )
}
const packedZeros = n => deflateRawSync(Buffer.alloc(n), { level: 9 })

const arrays = [
  bomb('NPY of 2^62 values', 'x.npy', () => npy(shape('4611686018427387904,'))),
  bomb('NPY of 2^40 rows of nothing', 'x.npy', () =>
    npy(shape('1099511627776, 0'), Buffer.alloc(0)),
  ),
  bomb('NPY of nothing', 'x.npy', () => npy(shape('0, 3'), Buffer.alloc(0))),
  bomb('NPY of 60 axes', 'x.npy', () => npy(shape('1,'.repeat(60)), Buffer.alloc(4))),
  bomb('NPY of 32 axes in Fortran order', 'x.npy', () =>
    npy(shape(`${'1,'.repeat(31)}4`).replace('False', 'True')),
  ),
  bomb('NPY with a head of spaces', 'x.npy', () => npy(`{'descr':${' '.repeat(65_000)}`)),
  bomb('NPY with a head of many beginnings', 'x.npy', () => npy("'shape': (".repeat(6000))),
  bomb('NPY with a head of 4 GB', 'x.npy', () =>
    bytes([0x93, ...ascii('NUMPY'), 2, 0], u32(0xffffffff)),
  ),
  bomb('NPY of texts of 4 GB each', 'x.npy', () =>
    npy("{'descr': '<U1073741824', 'fortran_order': False, 'shape': (1,), }"),
  ),
  bomb('NPY of a pickle', 'x.npy', () =>
    npy(
      "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
      ascii("cos\nsystem\n(S'true'\ntR."),
    ),
  ),
  bomb('NPZ of 1 GB in 1 MB', 'x.npz', () =>
    zip([{ name: 'x.npy', packed: packedZeros(1024 * MB), size: 1024 * MB }]),
  ),
  bomb('NPZ of 1 GB that says 60 MB', 'x.npz', () =>
    zip([{ name: 'x.npy', packed: packedZeros(1024 * MB), size: 60 * MB }]),
  ),
  bomb('NPZ of 512 MB that says 512 MB twice', 'x.npz', () =>
    zip([
      { name: 'x.npy', packed: packedZeros(512 * MB), size: 512 * MB },
      { name: 'y.npy', packed: packedZeros(512 * MB), size: 512 * MB },
    ]),
  ),
  bomb('NPZ of 65,535 arrays', 'x.npz', () =>
    zip(
      Array.from({ length: 65_535 }, (_, i) => ({
        name: `${i}`,
        packed: Buffer.alloc(0),
        size: 0,
        method: 0,
      })),
    ),
  ),
  bomb('NPZ whose count is a lie', 'x.npz', () =>
    zip([{ name: 'x.npy', packed: Buffer.alloc(0), size: 0, method: 0 }], { count: 9999 }),
  ),
  bomb('NPZ with names that climb', 'x.npz', () =>
    zip([{ name: '../../x.npy', packed: Buffer.alloc(0), size: 0, method: 0 }]),
  ),
  bomb(
    'IDX of 2^96 values',
    'train-images-idx3-ubyte',
    () => bytes([0, 0, 8, 3], be32(-1), be32(-1), be32(-1)),
    {},
  ),
  bomb('IDX of 255 axes', 'd/train-images-idx3-ubyte', () =>
    bytes([0, 0, 8, 255], Buffer.alloc(1020)),
  ),
  bomb('IDX of 1 GB in 1 MB', 'd/train-images-idx3-ubyte.gz', () =>
    gzipSync(Buffer.alloc(1024 * MB)),
  ),
  bomb('IDX of 300 MB in 300 kB', 'd/train-images-idx3-ubyte.gz', () =>
    gzipSync(bytes([0, 0, 8, 3], be32(300), be32(1024), be32(1024), Buffer.alloc(300 * MB))),
  ),
]

const tables = [
  bomb('CSV of one row of 15 million columns', 'x.csv', () => Buffer.alloc(15_000_000, ',')),
  bomb('CSV of a million columns and two rows', 'x.csv', () =>
    `${'1,'.repeat(1_000_000)}1\n`.repeat(2),
  ),
  bomb('CSV of a quote that never closes', 'x.csv', () =>
    bytes(ascii('a,b\n1,"'), Buffer.alloc(64 * MB, 'x')),
  ),
  bomb('CSV of 60 million empty lines', 'x.csv', () =>
    bytes(ascii('a,b\n'), Buffer.alloc(60 * MB, '\n'), ascii('1,2\n')),
  ),
  bomb('CSV of zeros', 'x.csv', () => Buffer.alloc(20 * MB)),
  bomb(
    'CSV of a million classes',
    'x.csv',
    () => `a,y\n${Array.from({ length: 1_000_000 }, (_, i) => `1,${i}`).join('\n')}\n`,
  ),
  bomb('CSV of a class with the number 99,999', 'x.csv', () => 'a,y\n1,99999\n2,0\n'),
  bomb('metadata of 200,000 brackets', 'd/metadata.jsonl', () => '['.repeat(200_000)),
  bomb(
    'metadata of a line of 40 MB',
    'd/metadata.jsonl',
    () => `{"file_name":"${'a'.repeat(40_000_000)}"}`,
  ),
  bomb(
    'metadata with keys of every object',
    'd/metadata.jsonl',
    () => '{"__proto__":{"file_name":"a.png"},"constructor":1}',
  ),
  bomb('CIFAR of a byte too many', 'd/data_batch_1.bin', () => Buffer.alloc(3074)),
  bomb('ONNX tensor of 2^60 values', 'd/test_data_set_0/input_0.pb', () => [
    8, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 16, 1,
  ]),
]

const parquets = [
  bomb('Parquet whose end says 2 GB of metadata', 'x.parquet', () =>
    bytes(ascii('PAR1'), Buffer.alloc(64), u32(2 ** 31 - 1), ascii('PAR1')),
  ),
  bomb('Parquet of a list of 2^31 in its metadata', 'x.parquet', () => {
    const metadata = [0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0]
    return bytes(ascii('PAR1'), metadata, u32(metadata.length), ascii('PAR1'))
  }),
  bomb('Parquet of 60 MB of structures in structures', 'x.parquet', () => {
    const metadata = Buffer.alloc(60 * MB, 0x1c)
    return bytes(ascii('PAR1'), metadata, u32(metadata.length), ascii('PAR1'))
  }),
  bomb('Parquet of nothing, 400 MB', 'x.parquet', path => {
    writeFileSync(path, 'PAR1')
    for (let n = 0; n < 4; n++) appendFileSync(path, Buffer.alloc(100 * MB))
  }),
]

export const bombs = [...images, ...sounds, ...arrays, ...tables, ...parquets]
