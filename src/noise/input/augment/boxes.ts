import { exactExp, exactLog, Random } from '../../../base/index.js'
import { share } from '../../level.js'
import type { LevelField } from '../../types.js'
import type { Picture } from '../image/picture.js'
import { defineImage } from './define.js'

interface Box {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

/** A box about a middle, cut at the edges. */
function boxAbout(
  y: number,
  x: number,
  height: number,
  width: number,
  { height: h, width: w }: Picture,
): Box {
  const top = Math.round(y - height / 2)
  const left = Math.round(x - width / 2)
  return {
    top: Math.max(0, top),
    left: Math.max(0, left),
    bottom: Math.min(h, top + Math.round(height)),
    right: Math.min(w, left + Math.round(width)),
  }
}

function paint({ width, planes }: Picture, box: Box, value: (channel: number) => number): void {
  planes.forEach((plane, c) => {
    for (let y = box.top; y < box.bottom; y++)
      for (let x = box.left; x < box.right; x++) plane[y * width + x] = value(c)
  })
}

const fill: LevelField = {
  what: 'what takes their place',
  unit: 'pixel units',
  range: [-Infinity, Infinity],
  default: 0,
}

/** A square of a share of the smaller side about a random middle; it may be cut at the edge. */
export const cutout = defineImage({
  kind: 'cutout',
  what: 'Covers a random square of the image.',
  unit: 'side of the square over the smaller side',
  levels: { side: share('side of the square over the smaller side', 0.25), fill },
  identity: { side: 0 },
  paper:
    'DeVries & Taylor 2017, Improved regularization of convolutional neural networks with Cutout',
  scale: (level, gain) => ({ ...level, side: Math.min(1, level.side * gain) }),
  change(picture, { side, fill }, key) {
    const random = new Random(key)
    const length = Math.max(1, side * Math.min(picture.height, picture.width))
    const [y, x] = [random.below(picture.height), random.below(picture.width)]
    paint(picture, boxAbout(y, x, length, length, picture), () => fill)
    return picture
  },
})

/** The same for several squares. */
export const coarseDropout = defineImage({
  kind: 'coarse_dropout',
  what: 'Covers several random squares of the image.',
  unit: 'side of the squares over the smaller side, and their number',
  levels: {
    side: share('side of a square over the smaller side', 0.1),
    holes: { what: 'squares', unit: 'squares', range: [0, 1000], default: 8, whole: true },
    fill,
  },
  identity: { side: 0 },
  paper: 'DeVries & Taylor 2017; Albumentations CoarseDropout',
  scale: (level, gain) => ({ ...level, side: Math.min(1, level.side * gain) }),
  change(picture, { side, holes, fill }, key) {
    const random = new Random(key)
    const length = Math.max(1, side * Math.min(picture.height, picture.width))
    for (let hole = 0; hole < holes; hole++) {
      const [y, x] = [random.below(picture.height), random.below(picture.width)]
      paint(picture, boxAbout(y, x, length, length, picture), () => fill)
    }
    return picture
  },
})

/** What random erasing fills with: one value, a random colour, a random colour for every pixel. */
function filling(mode: number, value: number, { planes }: Picture, random: Random) {
  if (mode === 0) return () => value
  const colour = mode === 1 ? planes.map(() => random.float()) : []
  return mode === 1 ? (channel: number) => colour[channel] : () => random.float()
}

/** A rectangle of U(least, area) of the image, sides in a ratio even in octaves. */
export const randomErasing = defineImage({
  kind: 'random_erasing',
  what: 'Covers a random rectangle of the image with noise, a random colour or one value.',
  unit: 'largest area over that of the image',
  levels: {
    area: share('largest area', 0.33),
    least: share('smallest area', 0.02),
    aspect: { what: 'largest ratio of the sides', unit: 'factor', range: [1, 100], default: 3.3 },
    mode: {
      what: '0 fills with the value of fill, 1 with a random colour, 2 with noise',
      unit: 'number of the way',
      range: [0, 2],
      default: 2,
      whole: true,
    },
    fill,
  },
  identity: { area: 0 },
  paper:
    'Zhong et al. 2020, Random erasing data augmentation; timm RandomErasing (const, rand, pixel; even numbers)',
  scale: (level, gain) => ({ ...level, area: Math.min(1, level.area * gain) }),
  change(picture, { area, least, aspect, mode, fill }, key) {
    const random = new Random(key)
    const { height, width } = picture
    for (let tries = 0; tries < 10; tries++) {
      const wanted =
        (Math.min(least, area) + random.float() * Math.max(0, area - least)) * height * width
      const ratio = exactExp(exactLog(aspect) * (2 * random.float() - 1))
      const [h, w] = [Math.round(Math.sqrt(wanted * ratio)), Math.round(Math.sqrt(wanted / ratio))]
      if (h < 1 || w < 1 || h > height || w > width) continue
      const [top, left] = [random.below(height - h + 1), random.below(width - w + 1)]
      const box = { top, left, bottom: top + h, right: left + w }
      paint(picture, box, filling(mode, fill, picture, random))
      break
    }
    return picture
  },
})

/** In every unit of a grid, moved at random, the same square is taken out. */
export const gridMask = defineImage({
  kind: 'grid_mask',
  what: 'Covers the squares of a grid.',
  unit: 'side of a square over the unit of the grid',
  levels: {
    removed: share('side of a square over the unit', 0.5),
    unit: { ...share('unit of the grid over the smaller side', 0.3), range: [0.02, 1] },
    fill,
  },
  identity: { removed: 0 },
  paper: 'Chen et al. 2020, GridMask data augmentation (r = 1 - removed)',
  scale: (level, gain) => ({ ...level, removed: Math.min(1, level.removed * gain) }),
  change(picture, { removed, unit, fill }, key) {
    const random = new Random(key)
    const step = Math.max(2, Math.round(unit * Math.min(picture.height, picture.width)))
    const side = Math.max(1, Math.round(step * removed))
    const [dy, dx] = [random.below(step), random.below(step)]
    for (let top = dy - step; top < picture.height; top += step)
      for (let left = dx - step; left < picture.width; left += step) {
        const middle = [top + side / 2, left + side / 2] as const
        paint(picture, boxAbout(...middle, side, side, picture), () => fill)
      }
    return picture
  },
})
