/** Values of a parameter as numbers on [0, 1], where searching is done. */
import type { Domain, RangeDomain, SearchValue } from '../../recipe/index.js'

/**
 * A range on its own scale, widened by half a step so that every value has an equal share:
 *   u = (t(x) - t(low)) / (t(high) - t(low)),  t = log or identity.
 */
export function toUnit(domain: RangeDomain, value: number): number {
  const [low, high] = ends(domain)
  return (scaled(domain, value) - low) / (high - low)
}

/** The value a position on [0, 1] stands for: for ranges the nearest allowed one, for choices an equal share each. */
export function fromUnit(domain: Domain, u: number): SearchValue {
  if (domain.kind === 'choice')
    return domain.values[Math.min(domain.values.length - 1, Math.floor(u * domain.values.length))]
  const [low, high] = ends(domain)
  const raw = low + u * (high - low)
  return clamped(domain, domain.log ? Math.exp(raw) : raw)
}

/** The share of [0, 1] one step takes; 0 where every value is allowed. */
export function stepOf(domain: RangeDomain): number {
  if (domain.step === undefined || domain.log) return 0
  const [low, high] = ends(domain)
  return domain.step / (high - low)
}

function clamped({ from, to, step }: RangeDomain, value: number): number {
  const near = step === undefined ? value : from + Math.round((value - from) / step) * step
  // 0.1 + 2 * 0.1 is not 0.3: a value is shown as it was meant.
  const clean = step === undefined ? near : Number(near.toPrecision(12))
  return Math.min(to, Math.max(from, clean))
}

function ends(domain: RangeDomain): [number, number] {
  const half = (domain.step ?? 0) / 2
  return [scaled(domain, domain.from - half), scaled(domain, domain.to + half)]
}

const scaled = ({ log }: RangeDomain, value: number) => (log ? Math.log(value) : value)
