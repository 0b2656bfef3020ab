import { exactCos, exactSin, Random } from '../../../base/index.js'
import { share } from '../../level.js'
import { mapPlanes } from '../image/picture.js'
import { defineImage } from './define.js'

/** Streaks of one direction over the darkened image: x (1 - dimming) and towards light grey under a streak. */
export const rain = defineImage({
  kind: 'rain',
  what: 'Draws slanted streaks of rain and darkens the image.',
  unit: 'streaks a thousand pixels, and share of the light lost',
  levels: {
    streaks: { what: 'mean number', unit: 'a thousand pixels', range: [0, 100], default: 5 },
    dimming: share('share of the light lost', 0.2),
    length: share('length of a streak over the smaller side', 0.15),
    slant: { what: 'largest angle to the vertical', unit: 'degrees', range: [0, 60], default: 15 },
    opacity: share('how much of what is behind a streak it hides', 0.6),
  },
  identity: { streaks: 0, dimming: 0 },
  paper: 'Albumentations RandomRain; Garg & Nayar 2007, Vision and rain (streaks)',
  change(picture, { streaks, dimming, length, slant, opacity }, key) {
    const { height, width } = picture
    const random = new Random(key)
    const angle = (slant * (2 * random.float() - 1) * Math.PI) / 180
    const reach = Math.max(1, length * Math.min(height, width))
    const rows = Math.max(1, Math.round(reach * exactCos(angle)))
    const fall = exactSin(angle) / exactCos(angle)
    const cover = new Float64Array(height * width)
    const count = Math.floor((streaks * height * width) / 1000 + random.float())
    for (let n = 0; n < count; n++) {
      const top = Math.floor(random.float() * (height + rows)) - rows
      const left = random.float() * width
      for (let step = 0; step < rows; step++) cross(cover, width, top + step, left + step * fall)
    }
    return mapPlanes(picture, plane =>
      plane.map((value, i) => {
        const [dark, hidden] = [value * (1 - dimming), opacity * Math.min(1, cover[i])]
        return dark + hidden * (lightGrey - dark)
      }),
    )
  },
})

const lightGrey = 200 / 255

/** A streak one pixel wide crosses a row, shared out between two columns. */
function cross(cover: Float64Array, width: number, row: number, column: number): void {
  const left = Math.floor(column)
  const across = column - left
  const at = row * width + left
  if (row < 0 || at >= cover.length) return
  if (left >= 0 && left < width) cover[at] += 1 - across
  if (left + 1 >= 0 && left + 1 < width && at + 1 < cover.length) cover[at + 1] += across
}
