/** A schedule as data: what a recipe may say, as types; `forms.ts` holds the schemas beside the code. */

/** Default: the start and the end of what the curve stands in. */
interface Stretch {
  readonly from?: string
  readonly to?: string
}
type Pair = readonly [first: number, last: number]
type Pieces<V> = readonly [V, ...{ readonly at: string; readonly value: V }[]]

export type RampSpec = { readonly ramp: Pair } & Stretch
export type CosineSpec = { readonly cosine: Pair } & Stretch
export type ExponentialSpec = { readonly exponential: Pair } & Stretch
/** `steepness` (default 10): how much of the logistic curve is shown, above 0. */
export type SigmoidSpec = { readonly sigmoid: Pair; readonly steepness?: number } & Stretch
/** `power` (default 1, a straight line), above 0. */
export type PolynomialSpec = { readonly polynomial: Pair; readonly power?: number } & Stretch
export type AnnealSpec = { readonly anneal: { readonly eta: number; readonly gamma: number } }
/** `shape`: triangle by default. */
export type CyclicSpec = {
  readonly cyclic: Pair
  readonly period: string
  readonly shape?: 'triangle' | 'cosine' | 'sawtooth'
}
export type TableSpec = { readonly table: readonly number[]; readonly spacing: string }
export type StepSpec = { readonly step: Pieces<number> }
export type JoinSpec = { readonly join: Pieces<ScheduleSpec> }
export type RepeatSpec = { readonly repeat: ScheduleSpec; readonly period: string }
/** `for`: all of `every` by default; `otherwise`: 0 by default. */
export type WindowedSpec = {
  readonly every: string
  readonly for?: string
  readonly value: ScheduleSpec
  readonly otherwise?: number
}
/** `floor` (default 0): where warm-up begins and cool-down ends. */
export type WarmedSpec = {
  readonly warmUp?: string
  readonly coolDown?: string
  readonly value: ScheduleSpec
  readonly floor?: number
}

export type ScheduleSpec =
  | number
  | RampSpec
  | CosineSpec
  | ExponentialSpec
  | SigmoidSpec
  | PolynomialSpec
  | CyclicSpec
  | AnnealSpec
  | TableSpec
  | StepSpec
  | JoinSpec
  | RepeatSpec
  | WindowedSpec
  | WarmedSpec

/** How long one draw lives: `sample` by default. */
interface Drawn {
  readonly per?: 'sample' | 'batch'
}

export type UniformSpec = { readonly uniform: readonly [ScheduleSpec, ScheduleSpec] } & Drawn
export type LogUniformSpec = { readonly logUniform: readonly [ScheduleSpec, ScheduleSpec] } & Drawn
/** Beta(a, b) stretched over `range` (default [0, 1]). */
export type BetaSpec = {
  readonly beta: Pair
  readonly range?: readonly [ScheduleSpec, ScheduleSpec]
} & Drawn
export type ChoiceSpec = { readonly choice: readonly [ScheduleSpec, ...ScheduleSpec[]] } & Drawn
export type DrawSpec = UniformSpec | LogUniformSpec | BetaSpec | ChoiceSpec

/** A level as data: a schedule, or a draw around schedules. */
export type LevelSpec = ScheduleSpec | DrawSpec
