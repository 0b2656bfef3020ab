import { clip } from './noise.js'

const { fround } = Math
type Arrays = readonly Float32Array[]
type Numbers = readonly number[]

export function lerp([a, b, out]: Arrays, [weight]: Numbers): void {
  for (let i = 0; i < out.length; i++) out[i] = fround(a[i] + fround(weight * fround(b[i] - a[i])))
}

export function scaleAdd([x, out]: Arrays, [scale, shift]: Numbers): void {
  for (let i = 0; i < out.length; i++) out[i] = fround(fround(scale * x[i]) + shift)
}

export function addScaled([a, b, out]: Arrays, [weight]: Numbers): void {
  for (let i = 0; i < out.length; i++) out[i] = fround(a[i] + fround(weight * b[i]))
}

export function clamp([x, out]: Arrays, [low, high]: Numbers): void {
  for (let i = 0; i < out.length; i++) out[i] = clip(x[i], low, high)
}

/** In double precision: sixteen running sums, added in pairs eight, four, two and one apart. */
export function sumOfSquares([x]: Arrays): number {
  let sums = new Array<number>(16).fill(0)
  for (let i = 0; i < x.length; i++) sums[i % 16] += x[i] * x[i]
  for (let apart = 8; apart >= 1; apart /= 2) {
    const upper = sums
    sums = upper.slice(0, apart).map((sum, i) => sum + upper[i + apart])
  }
  return sums[0]
}

/** Squares and sums of eight in single precision, the rest in double. */
export function energy([x]: Arrays): number {
  const sums = [0, 0, 0, 0]
  const square = (i: number) => (i < x.length ? fround(x[i] * x[i]) : 0)
  const four = (i: number) =>
    fround(fround(square(i) + square(i + 4)) + fround(square(i + 8) + square(i + 12)))
  for (let i = 0; i < x.length; i += 32)
    for (let lane = 0; lane < 4; lane++) sums[lane] += fround(four(i + lane) + four(i + lane + 16))
  return sums[0] + sums[2] + (sums[1] + sums[3])
}

export function maxAbs([x]: Arrays): number {
  let most = 0
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]))
  return most
}
