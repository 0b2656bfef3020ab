export { words, normal, gaussian, uniform } from './noise'
export { lerp, scaleAdd, addScaled, clamp } from './elementwise'
export { sumOfSquares, maxAbs } from './reduce'
export { adam, momentum, descent } from './optimizers'

/** Where memory is free from. */
export function base(): usize {
  return __heap_base
}
