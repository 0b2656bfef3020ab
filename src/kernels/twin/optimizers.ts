const { fround, sqrt } = Math
type Arrays = readonly Float32Array[]
type Numbers = readonly number[]

function gradientOf(gradient: number, scale: number, l2: number, weight: number): number {
  return fround(fround(scale * gradient) + fround(l2 * weight))
}

export function adam([p, g, m, v]: Arrays, scalars: Numbers): void {
  const [scale, l2, decay, beta1, rest1, beta2, rest2, stepSize, correction, epsilon] = scalars
  for (let i = 0; i < p.length; i++) {
    const gradient = gradientOf(g[i], scale, l2, p[i])
    m[i] = fround(fround(beta1 * m[i]) + fround(rest1 * gradient))
    v[i] = fround(fround(beta2 * v[i]) + fround(fround(rest2 * gradient) * gradient))
    const bottom = fround(fround(fround(sqrt(v[i])) / correction) + epsilon)
    p[i] = fround(fround(decay * p[i]) + fround(fround(-stepSize * m[i]) / bottom))
  }
}

export function momentum([p, g, b]: Arrays, scalars: Numbers): void {
  const [scale, l2, mu, direct, carried, rate] = scalars
  for (let i = 0; i < p.length; i++) {
    const gradient = gradientOf(g[i], scale, l2, p[i])
    b[i] = fround(fround(mu * b[i]) + gradient)
    const direction = fround(fround(direct * gradient) + fround(carried * b[i]))
    p[i] = fround(p[i] + fround(-rate * direction))
  }
}

export function descent([p, g]: Arrays, [scale, l2, rate]: Numbers): void {
  for (let i = 0; i < p.length; i++)
    p[i] = fround(p[i] + fround(-rate * gradientOf(g[i], scale, l2, p[i])))
}
