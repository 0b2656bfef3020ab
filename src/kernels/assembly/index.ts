export { words, normal, gaussian, uniform, laplace, speckle, replace } from './noise'
export { poisson } from './poisson'
export { blurPlanes } from './blur'
export { addAtRatio } from './ratio'
export { gaussianRows, mixRows } from './rows'
export { lerp, scaleAdd, addScaled, clamp, unitOfBytes } from './elementwise'
export { sumOfSquares, energy, maxAbs } from './reduce'
export { adam, momentum, descent } from './optimizers'

/** Where memory is free from. */
export function base(): usize {
  return __heap_base
}
