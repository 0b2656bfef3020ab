/** Schedules made of schedules, simplest first. */
import { type Curve, type Form, phaseOf, type Scope, type Span } from './form.js'
import type {
  JoinSpec,
  RepeatSpec,
  ScheduleSpec,
  StepSpec,
  WarmedSpec,
  WindowedSpec,
} from './spec.js'
import { expecting, numberSchema, strictForm, timeSchema, z } from './strict.js'
import { compileWindow } from './window.js'

/** The recursive forms, given the schema of any schedule. */
export function compositions(schedule: z.ZodType<ScheduleSpec>) {
  const step: Form<StepSpec> = {
    summary: 'one level, then another from each given time on',
    example: { step: [0.1, { at: '2ep', value: 0.2 }, { at: '80%', value: 0 }] },
    schema: piecesForm<StepSpec>('step', numberSchema),
    compile: (spec, span, scope) => compilePieces(spec.step, span, scope.at('step')),
  }

  const join: Form<JoinSpec> = {
    summary: 'one schedule, then another from each given time on; each fills its own piece',
    example: { join: [{ ramp: [0, 0.3] }, { at: '50%', value: { cosine: [0.3, 0.1] } }] },
    schema: piecesForm<JoinSpec>('join', schedule),
    compile: (spec, span, scope) => compilePieces(spec.join, span, scope.at('join')),
  }

  const repeat: Form<RepeatSpec> = {
    summary: 'one schedule played again from its start in every period (cosine: warm restarts)',
    source: 'Loshchilov and Hutter 2017, SGDR',
    example: { repeat: { cosine: [0.3, 0] }, period: '2ep' },
    schema: strictForm({ repeat: schedule, period: timeSchema }),
    compile(spec, span, scope) {
      const period = scope.at('period').duration(spec.period)
      const inner = scope.at('repeat').inner(spec.repeat, { start: 0, end: period })
      return batch => inner(phaseOf(Math.max(0, batch - span.start), period))
    },
  }

  const windowed: Form<WindowedSpec> = {
    summary: 'on for a while at every multiple of a time, `otherwise` (default 0) between',
    example: { every: '2ep', for: '1ep', value: { ramp: [0.1, 0.3] }, otherwise: 0 },
    schema: strictForm({
      every: timeSchema,
      for: timeSchema.optional(),
      value: schedule,
      otherwise: numberSchema.optional(),
    }),
    compile(spec, span, scope) {
      const open = compileWindow(spec, scope)
      const inner = scope.at('value').inner(spec.value, span)
      const otherwise = scope.at('otherwise').value(spec.otherwise ?? 0)
      return batch => (open(batch) ? inner(batch) : otherwise)
    },
  }

  const warmed: Form<WarmedSpec> = {
    summary:
      'a schedule with a straight way up from `floor` (default 0) before, or down to it after',
    source: 'Goyal et al. 2017, Accurate, large minibatch SGD, section 2.2 (gradual warm-up)',
    example: { warmUp: '1ep', coolDown: '10%', value: { cosine: [1e-3, 1e-5] } },
    schema: strictForm({
      warmUp: timeSchema.optional(),
      coolDown: timeSchema.optional(),
      value: schedule,
      floor: numberSchema.optional(),
    }),
    compile: compileWarmed,
  }

  return { step, join, repeat, every: windowed, warmUp: warmed, coolDown: warmed }
}

function piecesForm<S>(name: string, value: z.ZodType): z.ZodType<S> {
  const piece = strictForm({ at: timeSchema, value })
  const pieces = z.tuple([value], piece, {
    error: expecting('a list [first, { at: time, value: next }, ...]'),
  })
  return strictForm({ [name]: pieces }) as unknown as z.ZodType<S>
}

function compilePieces(pieces: JoinSpec['join'], span: Span, scope: Scope): Curve {
  const [first, ...later] = pieces
  const starts = [span.start]
  later.forEach(({ at }, i) => {
    const start = scope.at(i + 1, 'at').time(at)
    if (start <= starts[i])
      scope.at(i + 1, 'at').refuse('a time after the one of the piece before', at)
    if (start >= span.end) scope.at(i + 1, 'at').warn(`${at} is after the end: it never begins.`)
    starts.push(start)
  })
  const curves = [first, ...later.map(piece => piece.value)].map((spec, i) => {
    const end = i + 1 < starts.length ? starts[i + 1] : Math.max(span.end, starts[i] + 1)
    const place = i === 0 ? scope.at(0) : scope.at(i, 'value')
    return place.inner(spec, { start: starts[i], end })
  })
  return batch => {
    let piece = 0
    while (piece + 1 < starts.length && batch >= starts[piece + 1] - 1e-9) piece++
    return curves[piece](batch)
  }
}

function compileWarmed(spec: WarmedSpec, span: Span, scope: Scope): Curve {
  const { warmUp, coolDown } = spec
  const up = warmUp === undefined ? 0 : scope.at('warmUp').duration(warmUp)
  const down = coolDown === undefined ? 0 : scope.at('coolDown').duration(coolDown)
  const [start, end] = [span.start + up, span.end - down]
  if (end <= start)
    scope.refuse(
      'warm-up and cool-down shorter than what they stand in',
      [warmUp, coolDown].filter(Boolean).join(' and '),
    )
  const floor = scope.at('floor').value(spec.floor ?? 0)
  const inner = scope.at('value').inner(spec.value, { start, end })
  return batch => {
    if (batch < start) return floor + (inner(start) - floor) * ((batch - span.start) / up)
    if (batch > end) return inner(end) + (floor - inner(end)) * Math.min(1, (batch - end) / down)
    return inner(batch)
  }
}
