// One step of an optimizer over flat buffers, in place; `n` is a multiple of 16.
// The coefficients are worked out once by the caller, in double precision.

/** a x + b y */
@inline
function mulAdd2(a: v128, x: v128, b: v128, y: v128): v128 {
  return f32x4.add(f32x4.mul(a, x), f32x4.mul(b, y))
}

/**
 * g' = scale g + l2 p;  p' = decay p;  m = beta1 m + rest1 g';  v = beta2 v + rest2 g' g'
 * p = p' - stepSize m / (sqrt(v) / correction + epsilon)
 *
 * Four vectors in step: one root and two quotients after another would make all that follows wait.
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
    const weight0 = v128.load(p)
    const weight1 = v128.load(p, 16)
    const weight2 = v128.load(p, 32)
    const weight3 = v128.load(p, 48)
    const gradient0 = mulAdd2(GS, v128.load(g), L2, weight0)
    const gradient1 = mulAdd2(GS, v128.load(g, 16), L2, weight1)
    const gradient2 = mulAdd2(GS, v128.load(g, 32), L2, weight2)
    const gradient3 = mulAdd2(GS, v128.load(g, 48), L2, weight3)
    const square0 = mulAdd2(B2, v128.load(v), f32x4.mul(R2, gradient0), gradient0)
    const square1 = mulAdd2(B2, v128.load(v, 16), f32x4.mul(R2, gradient1), gradient1)
    const square2 = mulAdd2(B2, v128.load(v, 32), f32x4.mul(R2, gradient2), gradient2)
    const square3 = mulAdd2(B2, v128.load(v, 48), f32x4.mul(R2, gradient3), gradient3)
    const mean0 = mulAdd2(B1, v128.load(m), R1, gradient0)
    const mean1 = mulAdd2(B1, v128.load(m, 16), R1, gradient1)
    const mean2 = mulAdd2(B1, v128.load(m, 32), R1, gradient2)
    const mean3 = mulAdd2(B1, v128.load(m, 48), R1, gradient3)
    v128.store(v, square0)
    v128.store(v, square1, 16)
    v128.store(v, square2, 32)
    v128.store(v, square3, 48)
    v128.store(m, mean0)
    v128.store(m, mean1, 16)
    v128.store(m, mean2, 32)
    v128.store(m, mean3, 48)
    const root0 = f32x4.sqrt(square0)
    const root1 = f32x4.sqrt(square1)
    const root2 = f32x4.sqrt(square2)
    const root3 = f32x4.sqrt(square3)
    const bottom0 = f32x4.add(f32x4.div(root0, C), EPSILON)
    const bottom1 = f32x4.add(f32x4.div(root1, C), EPSILON)
    const bottom2 = f32x4.add(f32x4.div(root2, C), EPSILON)
    const bottom3 = f32x4.add(f32x4.div(root3, C), EPSILON)
    const step0 = f32x4.div(f32x4.mul(STEP, mean0), bottom0)
    const step1 = f32x4.div(f32x4.mul(STEP, mean1), bottom1)
    const step2 = f32x4.div(f32x4.mul(STEP, mean2), bottom2)
    const step3 = f32x4.div(f32x4.mul(STEP, mean3), bottom3)
    v128.store(p, f32x4.add(f32x4.mul(DECAY, weight0), step0))
    v128.store(p, f32x4.add(f32x4.mul(DECAY, weight1), step1), 16)
    v128.store(p, f32x4.add(f32x4.mul(DECAY, weight2), step2), 32)
    v128.store(p, f32x4.add(f32x4.mul(DECAY, weight3), step3), 48)
    p += 64
    g += 64
    m += 64
    v += 64
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
