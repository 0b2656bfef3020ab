import { Random } from '../../../base/index.js'
import { blendField, defineCorruption, mnistC, preset } from './define.js'
import { softLine, withLines } from './line.js'

/** A line across the image with every second pair of columns blank. */
export const dottedLine = defineCorruption({
  kind: 'dotted_line',
  what: 'Draws a random dotted line across the image.',
  unit: 'share of the corrupted image in the result',
  levels: { blend: blendField },
  identity: { blend: 0 },
  paper: mnistC,
  presets: { 'mnist-c': preset(['blend'], [1], 1) },
  corrupt(picture, _level, key) {
    const { height, width } = picture
    const random = new Random(key)
    const [from, to] = [random.below(height - 1), random.below(height - 1)]
    const line = softLine(height, width, [0, from], [width - 1, to])
    const dots = line.map((value, i) => ((i % width) % 4 < 2 ? 0 : value))
    return withLines(picture, [dots])
  },
})
