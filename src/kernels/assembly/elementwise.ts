// Kernels without random numbers; `n` is a multiple of 16.

/** out = a + weight (b - a). */
export function lerp(a: usize, b: usize, out: usize, n: u32, weight: f32): void {
  const w = f32x4.splat(weight)
  const end = out + (<usize>n << 2)
  while (out < end) {
    for (let k = 0; k < 4; k++) {
      const x = v128.load(a)
      v128.store(out, f32x4.add(x, f32x4.mul(w, f32x4.sub(v128.load(b), x))))
      a += 16
      b += 16
      out += 16
    }
  }
}

/** out = scale x + shift. */
export function scaleAdd(x: usize, out: usize, n: u32, scale: f32, shift: f32): void {
  const s = f32x4.splat(scale)
  const t = f32x4.splat(shift)
  const end = out + (<usize>n << 2)
  while (out < end) {
    for (let k = 0; k < 4; k++) {
      v128.store(out, f32x4.add(f32x4.mul(s, v128.load(x)), t))
      x += 16
      out += 16
    }
  }
}

/** out = a + weight b. */
export function addScaled(a: usize, b: usize, out: usize, n: u32, weight: f32): void {
  const w = f32x4.splat(weight)
  const end = out + (<usize>n << 2)
  while (out < end) {
    for (let k = 0; k < 4; k++) {
      v128.store(out, f32x4.add(v128.load(a), f32x4.mul(w, v128.load(b))))
      a += 16
      b += 16
      out += 16
    }
  }
}

/** out = clip(x) to [low, high]; NaN stays. */
export function clamp(x: usize, out: usize, n: u32, low: f32, high: f32): void {
  const lowest = f32x4.splat(low)
  const highest = f32x4.splat(high)
  const end = out + (<usize>n << 2)
  while (out < end) {
    for (let k = 0; k < 4; k++) {
      v128.store(out, f32x4.pmin(f32x4.pmax(v128.load(x), lowest), highest))
      x += 16
      out += 16
    }
  }
}

/** out = byte / 255. */
export function unitOfBytes(bytes: usize, out: usize, n: u32): void {
  const most = f32x4.splat(255)
  const end = bytes + <usize>n
  while (bytes < end) {
    const all = v128.load(bytes)
    const low = i16x8.extend_low_i8x16_u(all)
    const high = i16x8.extend_high_i8x16_u(all)
    v128.store(out, f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low)), most))
    v128.store(out, f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low)), most), 16)
    v128.store(out, f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high)), most), 32)
    v128.store(out, f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high)), most), 48)
    bytes += 16
    out += 64
  }
}
