/** Curves from one level to another, simplest first. */
import { type Curve, type Form, phaseOf, type Scope, type Span } from './form.js'
import type {
  AnnealSpec,
  CosineSpec,
  CyclicSpec,
  ExponentialSpec,
  PolynomialSpec,
  RampSpec,
  SigmoidSpec,
  TableSpec,
} from './spec.js'
import { numberSchema, pairSchema, positiveSchema, strictForm, timeSchema, z } from './strict.js'

const stretch = { from: timeSchema.optional(), to: timeSchema.optional() }
type Stretch = Pick<RampSpec, 'from' | 'to'>

/** The share of the stretch passed, from 0 to 1. */
function passed(spec: Stretch, span: Span, scope: Scope): Curve {
  const start = spec.from === undefined ? span.start : scope.at('from').time(spec.from)
  const end = spec.to === undefined ? span.end : scope.at('to').time(spec.to)
  if (end <= start)
    scope.refuse(
      'a stretch of time, its end after its start',
      `from ${spec.from ?? 'the start'} to ${spec.to ?? 'the end'}`,
    )
  if (start >= span.end) scope.warn(`starts at ${spec.from}, after its end: it never begins.`)
  return batch => Math.min(1, Math.max(0, (batch - start) / (end - start)))
}

function ends(pair: readonly [number, number], scope: Scope): readonly [number, number] {
  return [scope.at(0).value(pair[0]), scope.at(1).value(pair[1])]
}

/** a + (b - a) * shape(u), exactly a at u = 0 and b at u = 1. */
function between(pair: readonly [number, number], u: Curve, shape: (u: number) => number): Curve {
  const [a, b] = pair
  return batch => {
    const share = shape(u(batch))
    return share === 1 ? b : a + (b - a) * share
  }
}

export const ramp: Form<RampSpec> = {
  summary: 'a straight line from the first level to the second',
  example: { ramp: [0.1, 0.4], to: '60%' },
  schema: strictForm({ ramp: pairSchema, ...stretch }),
  compile: (spec, span, scope) =>
    between(ends(spec.ramp, scope.at('ramp')), passed(spec, span, scope), u => u),
}

export const cosine: Form<CosineSpec> = {
  summary: 'half a cosine from the first level to the second',
  source: 'Loshchilov and Hutter 2017, SGDR, equation 5',
  example: { cosine: [1e-3, 1e-5] },
  schema: strictForm({ cosine: pairSchema, ...stretch }),
  // b + (a - b) (1 + cos(pi u)) / 2
  compile: (spec, span, scope) =>
    between(
      ends(spec.cosine, scope.at('cosine')),
      passed(spec, span, scope),
      u => (1 - Math.cos(Math.PI * u)) / 2,
    ),
}

export const exponential: Form<ExponentialSpec> = {
  summary: 'equal factors in equal times, from the first level to the second',
  example: { exponential: [1e-2, 1e-4], from: '1ep' },
  schema: strictForm({ exponential: pairSchema, ...stretch }),
  // a (b / a)^u
  compile(spec, span, scope) {
    const [a, b] = ends(spec.exponential, scope.at('exponential'))
    if (a * b <= 0)
      scope.at('exponential').refuse('two levels of one sign, neither 0', `[${a}, ${b}]`)
    const u = passed(spec, span, scope)
    return batch => {
      const share = u(batch)
      return share === 1 ? b : a * (b / a) ** share
    }
  },
}

export const sigmoid: Form<SigmoidSpec> = {
  summary: 'slow, fast, slow: a logistic curve that meets both levels exactly',
  example: { sigmoid: [0, 0.3], steepness: 12, from: '20%', to: '80%' },
  schema: strictForm({
    sigmoid: pairSchema,
    steepness: positiveSchema.max(700).optional(),
    ...stretch,
  }),
  // (s(k (u - 1/2)) - s(-k/2)) / (s(k/2) - s(-k/2)) with s the logistic function
  compile(spec, span, scope) {
    const k = spec.steepness ?? 10
    const logistic = (x: number) => 1 / (1 + Math.exp(-x))
    const low = logistic(-k / 2)
    const high = logistic(k / 2)
    return between(ends(spec.sigmoid, scope.at('sigmoid')), passed(spec, span, scope), u =>
      u === 0 || u === 1 ? u : (logistic(k * (u - 0.5)) - low) / (high - low),
    )
  },
}

export const polynomial: Form<PolynomialSpec> = {
  summary: 'the distance left shrinks as a power of the time left',
  example: { polynomial: [1e-2, 1e-4], power: 2 },
  schema: strictForm({ polynomial: pairSchema, power: positiveSchema.optional(), ...stretch }),
  // b + (a - b) (1 - u)^power
  compile: (spec, span, scope) =>
    between(
      ends(spec.polynomial, scope.at('polynomial')),
      passed(spec, span, scope),
      u => 1 - (1 - u) ** (spec.power ?? 1),
    ),
}

export const cyclic: Form<CyclicSpec> = {
  summary: 'from the first level to the second and back, again and again (sawtooth: jumps back)',
  source: 'Smith 2017, Cyclical learning rates for training neural networks',
  example: { cyclic: [0, 0.3], period: '2ep', shape: 'triangle' },
  schema: strictForm({
    cyclic: pairSchema,
    period: timeSchema,
    shape: z.enum(['triangle', 'cosine', 'sawtooth']).optional(),
  }),
  compile(spec, span, scope) {
    const period = scope.at('period').duration(spec.period)
    const shapes = {
      triangle: (u: number) => 1 - Math.abs(2 * u - 1),
      cosine: (u: number) => (1 - Math.cos(2 * Math.PI * u)) / 2,
      sawtooth: (u: number) => u,
    }
    const pair = ends(spec.cyclic, scope.at('cyclic'))
    const phase: Curve = batch => phaseOf(Math.max(0, batch - span.start), period) / period
    return between(pair, phase, shapes[spec.shape ?? 'triangle'])
  },
}

export const anneal: Form<AnnealSpec> = {
  summary: 'eta / (1 + t)^gamma with t in batches, for the variance of gradient noise',
  source: 'Neelakantan et al. 2015, Adding gradient noise improves learning, equation 1',
  example: { anneal: { eta: 0.01, gamma: 0.55 } },
  schema: strictForm({ anneal: strictForm({ eta: positiveSchema, gamma: numberSchema.min(0) }) }),
  compile(spec, span, scope) {
    const { gamma } = spec.anneal
    const eta = scope.at('anneal', 'eta').value(spec.anneal.eta)
    return batch => eta / (1 + Math.max(0, batch - span.start)) ** gamma
  },
}

export const table: Form<TableSpec> = {
  summary: 'levels at equal distances of time, straight lines between them',
  example: { table: [0, 0.1, 0.3, 0.2], spacing: '1ep' },
  schema: strictForm({ table: z.array(numberSchema).min(1), spacing: timeSchema }),
  compile(spec, span, scope) {
    const values = spec.table.map((level, i) => scope.at('table', i).value(level))
    const spacing = scope.at('spacing').duration(spec.spacing)
    return batch => {
      const position = Math.max(0, batch - span.start) / spacing
      const left = Math.min(Math.floor(position), values.length - 1)
      const right = Math.min(left + 1, values.length - 1)
      return values[left] + (values[right] - values[left]) * (position - left)
    }
  },
}
