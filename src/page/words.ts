/** Numbers and conditions in words. What was not measured, or is no finite number, is a dash. */
import type { Condition } from '../record/index.js'

export const none = '–'
type Maybe = number | null | undefined
type Interval = readonly [number, number]

const finite = (value: Maybe): value is number =>
  typeof value === 'number' && Number.isFinite(value)

/** 0.845 as "84.5%". */
export function percent(value: Maybe): string {
  return finite(value) ? `${minus((value * 100).toFixed(1))}%` : none
}

/** A difference of shares in points: "+23.9", "−0.4". */
export function points(difference: Maybe): string {
  return finite(difference) ? signed((difference * 100).toFixed(1)) : none
}

/** A plain number with about four figures. */
export function plain(value: Maybe): string {
  return finite(value) ? minus(String(Number(value.toPrecision(4)))) : none
}

export function count(value: Maybe): string {
  return finite(value) ? value.toLocaleString('en-US') : none
}

export function signed(text: string): string {
  return Number(text) > 0 ? `+${text}` : minus(text)
}

const minus = (text: string) => text.replace(/^-(?=.*[1-9])/, '−').replace(/^-/, '')

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  return words.length < 2
    ? (words[0] ?? '')
    : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** "83.2 to 85.7%" */
export function intervalWords(
  interval: Interval | undefined,
  format: (v: Maybe) => string,
): string {
  if (!interval?.every(finite)) return ''
  const [low, high] = interval.map(format)
  return `${low.replace(/%$/, '')} to ${high}`
}

const places: Readonly<Record<string, string>> = {
  input: 'on inputs',
  weight: 'on weights',
  activation: 'on activations',
  target: 'on targets',
}

/** Kinds whose name alone does not say that they are noise. */
const bareNoises = new Set(
  'gaussian uniform laplace poisson shot impulse speckle white pink brown'.split(' '),
)

/** "gaussian noise on inputs", "jpeg compression on inputs (cifar-c)" */
export function noiseName({ at, kind, suite }: Pick<Condition, 'at' | 'kind' | 'suite'>): string {
  const name = kind.replaceAll(/[_-]/g, ' ')
  const from = suite === undefined ? '' : ` (${suite})`
  return `${bareNoises.has(name) ? `${name} noise` : name} ${places[at] ?? `on ${at}`}${from}`
}

/** "sigma 0.38", "snr 20 dB", "severity 3" */
export function levelWords(condition: Condition): string {
  const { level, levelName = 'level', severity } = condition
  if (typeof level === 'number') return levelText(levelName, level)
  if (isRadius(level)) return levelText('radius', level.radius)
  if (severity !== null) return `severity ${severity}`
  if (level) return listed(Object.entries(level).map(([name, value]) => levelText(name, value)))
  return 'one level'
}

/** The level of an attack in several steps, which is its radius. */
const isRadius = (level: Condition['level']): level is { radius: number; steps: number } =>
  typeof level === 'object' && level !== null && 'radius' in level && 'steps' in level

function levelText(name: string, level: number): string {
  if (name === 'relative') return `relative ${percent(level)}`
  if (name.endsWith('Db')) return `${levelLabel(name)} ${plain(level)} dB`
  return `${name} ${plain(level)}`
}

/** A level's name as an axis says it: "sigma", "SNR". */
export function levelLabel(name: string): string {
  if (!name.endsWith('Db')) return name
  const bare = name.slice(0, -2)
  return bare === 'snr' ? 'SNR' : bare
}

/** Whether and how values were clipped after the noise; empty where clipping has no meaning. */
export function clipWords({ clip }: Pick<Condition, 'clip'>): string {
  if (clip === null) return ''
  return clip === 'none' ? 'not clipped' : `clipped to [${clip.map(plain).join(',\u00a0')}]`
}

/** "sigma 0.38, clipped to [0, 1]" */
export function conditionWords(condition: Condition): string {
  return [levelWords(condition), clipWords(condition)].filter(Boolean).join(', ')
}
