import { defineCorruption, imageNetC, preset } from './define.js'
import { jpegColour, jpegGrey } from './jpeg.js'
import { bytesOf } from './picture.js'

const five = (rows: number[]) => preset(['quality'], rows)

/** Baseline JPEG, chroma halved both ways (4:2:0). */
export const jpegCompression = defineCorruption({
  kind: 'jpeg_compression',
  what: 'Compresses the image as JPEG.',
  unit: 'JPEG quality; lower is stronger, 100 leaves the image as it is',
  levels: {
    quality: {
      what: 'quality of the encoder',
      unit: 'quality',
      range: [1, 100],
      default: 25,
      whole: true,
    },
  },
  identity: { quality: 100 },
  deterministic: true,
  paper: `ITU-T T.81; ${imageNetC}`,
  presets: {
    'imagenet-c/224': five([25, 18, 15, 10, 7]),
    'imagenet-c/299': five([23, 16, 13, 8, 5]),
    'tiny-imagenet-c': five([65, 58, 50, 40, 25]),
    'cifar-c': five([80, 65, 58, 50, 40]),
  },
  corrupt({ height, width, planes }, { quality }) {
    const bytes = planes.map(bytesOf)
    const colour = bytes.length >= 3 ? jpegColour(bytes, height, width, quality) : []
    const grey = bytes.slice(colour.length).map(data => jpegGrey({ height, width, data }, quality))
    return { height, width, planes: [...colour, ...grey].map(plane => new Float64Array(plane)) }
  },
})
