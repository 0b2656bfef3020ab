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

/** In double precision, in the order of the SIMD kernel's four lanes. */
export function sumOfSquares([x]: Arrays): number {
  const lanes = [0, 0, 0, 0]
  for (let i = 0; i < x.length; i++) lanes[i % 4] += x[i] * x[i]
  return lanes[0] + lanes[2] + (lanes[1] + lanes[3])
}

export function maxAbs([x]: Arrays): number {
  let most = 0
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]))
  return most
}
