/** Draws around a level, simplest first: each turns random numbers into a level between two bounds. */
import type { Random } from '../base/index.js'
import type { Curve, Scope, Span } from './form.js'
import { scheduleSchema } from './forms.js'
import type { BetaSpec, ChoiceSpec, LogUniformSpec, UniformSpec } from './spec.js'
import { expecting, positiveSchema, strictForm, z } from './strict.js'

/** A draw at one batch, and the curves nothing drawn there leaves. */
export interface Drawing {
  readonly low: Curve
  readonly high: Curve
  readonly middle: Curve
  readonly draw: (batch: number, random: Random) => number
}

export interface DrawForm<S> {
  readonly summary: string
  readonly source?: string
  readonly example: S
  readonly schema: z.ZodType<S>
  compile(spec: S, span: Span, scope: Scope): Drawing
}

const per = z
  .enum(['sample', 'batch'], { error: expecting('sample or batch') })
  .optional()
  .meta({ description: 'How long one draw lives; default: sample' })
const bounds = z.tuple([scheduleSchema, scheduleSchema], {
  error: expecting('two levels, [low, high]'),
})

type Bounds = readonly [low: Curve, high: Curve]

function compileBounds(pair: UniformSpec['uniform'], span: Span, scope: Scope): Bounds {
  const low = scope.at(0).inner(pair[0], span)
  const high = scope.at(1).inner(pair[1], span)
  for (let i = 0; i <= 1000; i++) {
    const batch = span.start + ((span.end - span.start) * i) / 1000
    if (low(batch) > high(batch))
      scope.refuse('low at most high all through the run', `[${low(batch)}, ${high(batch)}]`)
  }
  return [low, high]
}

export const uniform: DrawForm<UniformSpec> = {
  summary: 'every level between the bounds equally likely',
  example: { uniform: [0, { ramp: [0.1, 0.4], to: '60%' }] },
  schema: strictForm({ uniform: bounds, per }),
  compile(spec, span, scope) {
    const [low, high] = compileBounds(spec.uniform, span, scope.at('uniform'))
    const draw = (batch: number, random: Random) =>
      low(batch) + (high(batch) - low(batch)) * random.float()
    return { low, high, middle: batch => (low(batch) + high(batch)) / 2, draw }
  },
}

export const logUniform: DrawForm<LogUniformSpec> = {
  summary: 'every factor between the bounds equally likely; both above 0',
  example: { logUniform: [0.01, 1], per: 'batch' },
  schema: strictForm({ logUniform: bounds, per }),
  // low (high / low)^u
  compile(spec, span, scope) {
    const place = scope.at('logUniform')
    const [low, high] = compileBounds(spec.logUniform, span, place)
    for (let i = 0; i <= 1000; i++) {
      const level = low(span.start + ((span.end - span.start) * i) / 1000)
      if (level <= 0) place.at(0).refuse('a level above 0 all through the run', level)
    }
    const at = (batch: number, u: number) => low(batch) * (high(batch) / low(batch)) ** u
    const draw = (batch: number, random: Random) => at(batch, random.float())
    return { low, high, middle: batch => at(batch, 0.5), draw }
  },
}

export const beta: DrawForm<BetaSpec> = {
  summary: 'Beta(a, b) stretched over `range` (default [0, 1])',
  example: { beta: [2, 5], range: [0, 0.4] },
  schema: strictForm({
    beta: z.tuple([positiveSchema, positiveSchema], { error: expecting('two numbers, [a, b]') }),
    range: bounds.optional(),
    per,
  }),
  compile(spec, span, scope) {
    const [a, b] = spec.beta
    const [low, high] = compileBounds(spec.range ?? [0, 1], span, scope.at('range'))
    const at = (batch: number, u: number) => low(batch) + (high(batch) - low(batch)) * u
    const draw = (batch: number, random: Random) => at(batch, drawBeta(a, b, random))
    return { low, high, middle: batch => at(batch, a / (a + b)), draw }
  },
}

export const choice: DrawForm<ChoiceSpec> = {
  summary: 'one of several levels, equally likely',
  example: { choice: [1, 2, 3] },
  schema: strictForm({
    choice: z.tuple([scheduleSchema], scheduleSchema, { error: expecting('a list of levels') }),
    per,
  }),
  compile(spec, span, scope) {
    const curves = spec.choice.map((level, i) => scope.at('choice', i).inner(level, span))
    const all = (batch: number) => curves.map(curve => curve(batch))
    return {
      low: batch => Math.min(...all(batch)),
      high: batch => Math.max(...all(batch)),
      middle: batch => all(batch).reduce((sum, level) => sum + level, 0) / curves.length,
      draw: (batch, random) => curves[random.below(curves.length)](batch),
    }
  },
}

/** The key that names a draw in a recipe, and the draw. */
export const draws = { uniform, logUniform, beta, choice } as const

/** X / (X + Y) with X ~ Gamma(a) and Y ~ Gamma(b). */
function drawBeta(a: number, b: number, random: Random): number {
  const x = drawGamma(a, random)
  const y = drawGamma(b, random)
  return x + y > 0 ? x / (x + y) : a / (a + b)
}

/** Marsaglia and Tsang 2000, "A simple method for generating gamma variables"; below 1 by their boost. */
function drawGamma(shape: number, random: Random): number {
  if (shape < 1) return drawGamma(shape + 1, random) * (1 - random.float()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = random.normal()
    const v = (1 + c * x) ** 3
    const u = 1 - random.float()
    if (v > 0 && Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}
