// One step of an optimizer over flat buffers, in place; `n` is a multiple of 16.
// The coefficients are worked out once by the caller, in double precision.

/**
 * g' = scale g + l2 p;  p' = decay p;  m = beta1 m + rest1 g';  v = beta2 v + rest2 g' g'
 * p = p' - stepSize m / (sqrt(v) / correction + epsilon)
 */
export function adam(p: usize, g: usize, m: usize, v: usize, n: u32, scale: f32, l2: f32, decay: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, stepSize: f32, correction: f32, epsilon: f32): void {
  const GS = f32x4.splat(scale)
  const L2 = f32x4.splat(l2)
  const DECAY = f32x4.splat(decay)
  const B1 = f32x4.splat(beta1)
  const R1 = f32x4.splat(rest1)
  const B2 = f32x4.splat(beta2)
  const R2 = f32x4.splat(rest2)
  const STEP = f32x4.splat(-stepSize)
  const C = f32x4.splat(correction)
  const EPSILON = f32x4.splat(epsilon)
  const end = p + (<usize>n << 2)
  while (p < end) {
    for (let k = 0; k < 2; k++) {
      const weight = v128.load(p)
      const gradient = f32x4.add(f32x4.mul(GS, v128.load(g)), f32x4.mul(L2, weight))
      const mean = f32x4.add(f32x4.mul(B1, v128.load(m)), f32x4.mul(R1, gradient))
      const square = f32x4.add(f32x4.mul(B2, v128.load(v)), f32x4.mul(f32x4.mul(R2, gradient), gradient))
      v128.store(m, mean)
      v128.store(v, square)
      const bottom = f32x4.add(f32x4.div(f32x4.sqrt(square), C), EPSILON)
      v128.store(p, f32x4.add(f32x4.mul(DECAY, weight), f32x4.div(f32x4.mul(STEP, mean), bottom)))
      p += 16
      g += 16
      m += 16
      v += 16
    }
  }
}

/** g' = scale g + l2 p;  b = momentum b + g';  p = p - rate (direct g' + carried b) */
export function momentum(p: usize, g: usize, b: usize, n: u32, scale: f32, l2: f32, momentum: f32, direct: f32, carried: f32, rate: f32): void {
  const GS = f32x4.splat(scale)
  const L2 = f32x4.splat(l2)
  const MU = f32x4.splat(momentum)
  const DIRECT = f32x4.splat(direct)
  const CARRIED = f32x4.splat(carried)
  const RATE = f32x4.splat(-rate)
  const end = p + (<usize>n << 2)
  while (p < end) {
    for (let k = 0; k < 4; k++) {
      const weight = v128.load(p)
      const gradient = f32x4.add(f32x4.mul(GS, v128.load(g)), f32x4.mul(L2, weight))
      const buffer = f32x4.add(f32x4.mul(MU, v128.load(b)), gradient)
      const direction = f32x4.add(f32x4.mul(DIRECT, gradient), f32x4.mul(CARRIED, buffer))
      v128.store(b, buffer)
      v128.store(p, f32x4.add(weight, f32x4.mul(RATE, direction)))
      p += 16
      g += 16
      b += 16
    }
  }
}

/** p = p - rate (scale g + l2 p) */
export function descent(p: usize, g: usize, n: u32, scale: f32, l2: f32, rate: f32): void {
  const GS = f32x4.splat(scale)
  const L2 = f32x4.splat(l2)
  const RATE = f32x4.splat(-rate)
  const end = p + (<usize>n << 2)
  while (p < end) {
    for (let k = 0; k < 4; k++) {
      const weight = v128.load(p)
      const gradient = f32x4.add(f32x4.mul(GS, v128.load(g)), f32x4.mul(L2, weight))
      v128.store(p, f32x4.add(weight, f32x4.mul(RATE, gradient)))
      p += 16
      g += 16
    }
  }
}
