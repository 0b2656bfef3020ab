/** A recipe with searches in it, as a space: its parameters in order, parents before children. */
import { UsageError } from '../../base/index.js'
import { shown } from '../../schedule/index.js'
import { type ChoiceForm, isObject, isSearch, type RangeForm, searchForm } from './form.js'
import { noiseNames } from './names.js'

/** What a searched value is called by in results; choices that are no plain value by a label. */
export type SearchValue = number | string | boolean
/** A point of the space: the active parameters by name. */
export type Assignment = Readonly<Record<string, SearchValue>>

export interface RangeDomain {
  readonly kind: 'range'
  readonly from: number
  readonly to: number
  readonly log: boolean
  readonly integer: boolean
  /** Distance of neighbours; whole numbers have 1. Absent where every value is allowed. */
  readonly step?: number
}

export interface ChoiceDomain {
  readonly kind: 'choice'
  /** At least two, no two alike. */
  readonly values: readonly SearchValue[]
}

export type Domain = RangeDomain | ChoiceDomain

export interface Parameter {
  readonly name: string
  readonly domain: Domain
  /** It exists only where another parameter has this value. */
  readonly when?: { readonly parameter: string; readonly is: SearchValue }
}

export interface SearchSpace {
  readonly parameters: readonly Parameter[]
  /** The recipe as given, searches in place. */
  readonly recipe: unknown
}

type Path = readonly (string | number)[]

/** Calls with every search of a recipe; the callback says what stands in its place. */
export interface Visitor {
  range(form: RangeForm, path: Path): unknown
  choice(form: ChoiceForm, path: Path): unknown
  onOff(form: { readonly onOff?: unknown; readonly name?: string }, path: Path): unknown
}

/** What stands in place of something that is left out. */
export const leftOut = Symbol('left out')

/** A copy of a value with every search replaced by what the visitor makes of it. */
export function replaceSearches(value: unknown, visitor: Visitor, path: Path = []): unknown {
  if (isSearch(value)) return visit(value, visitor, path)
  if (Array.isArray(value))
    return value
      .map((item, i) => replaceSearches(item, visitor, [...path, i]))
      .filter(item => item !== leftOut)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, replaceSearches(item, visitor, [...path, key])])
      .filter(([, item]) => item !== leftOut),
  )
}

function visit(value: { readonly search: unknown }, visitor: Visitor, path: Path): unknown {
  const where = placeOf(path)
  const others = Object.keys(value).filter(key => key !== 'search')
  if (others.length)
    throw new UsageError(
      `recipe: ${where}: "${others[0]}" stands beside \`search\`, which takes the place of the whole value. Move it into the search, or out.`,
    )
  const result = searchForm.safeParse(value.search)
  if (!result.success) {
    const [issue] = result.error.issues
    const inner = issue.path.map(String).join('.')
    throw new UsageError(`recipe: ${where}.search${inner ? `.${inner}` : ''}: ${issue.message}`)
  }
  const form = result.data
  if ('choices' in form) return visitor.choice(form, path)
  return 'onOff' in form ? visitor.onOff(form, path) : visitor.range(form as RangeForm, path)
}

/** `noise[0].sigma` */
export function placeOf(path: Path): string {
  return path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '')
}

/** The choices of a form by what results call them: plain values themselves, others by a label. */
export function labelled({ choices }: ChoiceForm): ReadonlyMap<SearchValue, unknown> {
  if (!Array.isArray(choices)) return new Map(Object.entries(choices))
  const found = new Map<SearchValue, unknown>()
  for (const choice of choices) {
    const stem = isPlain(choice) ? choice : labelOf(choice)
    let label = stem
    for (let n = 2; found.has(label) && !isPlain(choice); n++) label = `${stem} ${n}`
    found.set(label, choice)
  }
  return found
}

const isPlain = (value: unknown): value is SearchValue =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'

/** The keys of an object, `ramp`; of a list, its length. */
function labelOf(value: unknown): string {
  if (Array.isArray(value)) return `list of ${value.length}`
  return isObject(value) ? Object.keys(value).join(' ') || 'nothing' : 'nothing'
}

/** Reads the space a recipe spans; throws UsageError with the place of what is wrong. */
export function readSpace(recipe: unknown): SearchSpace {
  const reader = new SpaceReader(noiseNames(recipe))
  replaceSearches(recipe, reader)
  return { parameters: reader.parameters, recipe }
}

class SpaceReader implements Visitor {
  readonly parameters: Parameter[] = []
  private parent: Parameter['when']

  constructor(private readonly nameOf: (path: Path) => string) {}

  range(form: RangeForm, path: Path): unknown {
    this.add(form.name, path, rangeDomain(form, placeOf(path)))
    return undefined
  }

  choice(form: ChoiceForm, path: Path): unknown {
    const choices = labelled(form)
    const values = [...choices.keys()]
    if (values.length < 2 || (Array.isArray(form.choices) && values.length < form.choices.length))
      throw new UsageError(
        `recipe: ${placeOf(path)}.search.choices: expected at least two values, no two alike, received ${shown(form.choices)}.`,
      )
    const name = this.add(form.name, path, { kind: 'choice', values })
    for (const [is, value] of choices) this.within(name, is, value, path)
    return undefined
  }

  onOff(form: { readonly onOff?: unknown; readonly name?: string }, path: Path): unknown {
    if (!path.length) throw new UsageError('recipe: a recipe as a whole cannot be left out.')
    const name = this.add(form.name, path, { kind: 'choice', values: [false, true] })
    this.within(name, true, form.onOff, path)
    return undefined
  }

  private within(parameter: string, is: SearchValue, value: unknown, path: Path): void {
    const outer = this.parent
    this.parent = { parameter, is }
    replaceSearches(value, this, path)
    this.parent = outer
  }

  private add(given: string | undefined, path: Path, domain: Domain): string {
    refusePlace(path)
    const name = given ?? this.nameOf(path)
    if (this.parameters.some(p => p.name === name))
      throw new UsageError(
        `recipe: ${placeOf(path)}: two searches are called "${name}". Give one of them another \`name\`.`,
      )
    this.parameters.push({ name, domain, ...(this.parent && { when: this.parent }) })
    return name
  }
}

const reasons: Readonly<Record<string, string>> = {
  data: 'trials on other data could not be compared',
  monitor: 'trials measured in another way could not be compared',
  seed: 'a seed that does well is luck, not a setting; --repeats measures its share',
  'train.epochs': 'the length of a trial is what stopping shares out; --epochs sets it',
}

function refusePlace(path: Path): void {
  const place = placeOf(path)
  const reason = reasons[String(path[0])] ?? reasons[place]
  if (reason)
    throw new UsageError(`recipe: ${place}: cannot be searched: ${reason}. Give it a value.`)
}

function rangeDomain(form: RangeForm, place: string): RangeDomain {
  const { from, to, log = false, integer = false, step } = form
  const refuse = (rule: string, came: string) => {
    throw new UsageError(`recipe: ${place}.search: expected ${rule}, received ${came}.`)
  }
  if (!(from < to)) refuse('`from` below `to`', `from ${from} to ${to}`)
  if (log && from <= 0) refuse('`from` above 0 where `log` is true', `from ${from}`)
  if (integer && !(Number.isInteger(from) && Number.isInteger(to)))
    refuse('whole numbers where `integer` is true', `from ${from} to ${to}`)
  if (log && step !== undefined) refuse('either `log` or `step`', 'both')
  if (integer && step !== undefined && !Number.isInteger(step))
    refuse('a whole `step` where `integer` is true', String(step))
  const steps = step === undefined ? 1 : (to - from) / step
  if (Math.abs(steps - Math.round(steps)) > 1e-6)
    refuse(`\`to\` a whole number of steps of ${step} from ${from}`, String(to))
  const distance = step ?? (integer ? 1 : undefined)
  return {
    kind: 'range',
    from,
    to,
    log,
    integer,
    ...(distance !== undefined && { step: distance }),
  }
}
