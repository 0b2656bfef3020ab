import { fromHsv, toHsv } from './hsv.js'
import { clamp, type Picture } from './picture.js'

type Hsv = [number, number, number]

/**
 * Changes hue, saturation and value of every pixel; the result is 0 to 255. Grey images go through
 * equal channels and back by luminance (.2125, .7154, .0721).
 */
export function changeHsv(
  picture: Picture,
  change: (h: number, s: number, v: number) => Hsv,
): Picture {
  const { planes } = picture
  const grey = planes.length < 3
  const [red, green, blue] = grey ? [planes[0], planes[0], planes[0]] : planes
  const out = planes.map(plane => plane.slice())
  for (let i = 0; i < red.length; i++) {
    const [r, g, b] = fromHsv(...change(...toHsv(red[i], green[i], blue[i])))
    if (grey) out[0][i] = clamp(0.2125 * r + 0.7154 * g + 0.0721 * b) * 255
    else
      [r, g, b].forEach((value, c) => {
        out[c][i] = clamp(value) * 255
      })
  }
  // A second grey plane, or alpha, is no colour.
  for (const plane of out.slice(grey ? 1 : 3))
    plane.forEach((v, i) => {
      plane[i] = v * 255
    })
  return { ...picture, planes: out }
}
