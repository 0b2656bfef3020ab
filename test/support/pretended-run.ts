/** A pretended run for tests of the monitor: what its checks would see. */
import { keyOf, Random } from '../../src/base/index.js'
import { openKernels } from '../../src/kernels/index.js'
import type { Probe } from '../../src/monitor/attribute.js'
import type { Answers, Check } from '../../src/monitor/check.js'
import { type Decision, Monitor, type MonitorOptions } from '../../src/monitor/monitor.js'

export const samples = 1500
export const chance = { accuracy: 0.1, loss: Math.log(10) }
const kernels = openKernels()

/** A model of a given skill on samples of given difficulty: what it gets right, and how sure it is. */
export class World {
  private readonly difficulty = new Float32Array(samples)
  /** What decides a sample and no model sees, the same at every check. */
  private readonly luck = new Float32Array(samples)
  private readonly jitter = new Float32Array(samples)
  private draws = 0

  constructor(private readonly seed: number) {
    kernels.normal(this.difficulty, 1, keyOf(seed, 'test:difficulty'))
    kernels.normal(this.luck, 0.5, keyOf(seed, 'test:luck'))
  }

  /** Right about as often as it says, plus what it boasts; about 4 % of verdicts change by check. */
  answers(skill: number, boast = 0): Answers {
    kernels.normal(this.jitter, 0.12, keyOf(this.seed, 'test:jitter', this.draws++))
    const right = new Uint8Array(samples)
    const confidence = new Float32Array(samples)
    for (let i = 0; i < samples; i++) {
      const lead = skill - this.difficulty[i]
      right[i] = lead + this.luck[i] + this.jitter[i] > 0 ? 1 : 0
      // P(luck > -lead), by the logistic curve nearest to the normal one.
      confidence[i] = Math.min(1, Math.max(0.1, 1 / (1 + Math.exp(-lead * 3.4)) + boast))
    }
    return { right, confidence }
  }
}

export interface Life {
  /** Skill without and with noise at a check from 1 on. */
  clean: (t: number) => number
  noisy?: (t: number) => number
  noisyLoss?: (t: number) => number
  boast?: (t: number) => number
  rising?: string[]
}

export function checkAt(world: World, life: Life, t: number): Check {
  const clean = life.clean(t)
  return {
    step: t * 100,
    clean: world.answers(clean),
    noisy: world.answers(life.noisy?.(t) ?? clean - 0.5, life.boast?.(t)),
    cleanLoss: 0.4 + 1.5 / t,
    noisyLoss: life.noisyLoss?.(t) ?? 0.5 + 1.5 / t,
    noisyLossError: 0.01,
    levels: { blur: 0.3 },
    rising: life.rising ?? [],
  }
}

export const monitorOf = (rest: Partial<MonitorOptions> = {}) =>
  new Monitor({ noises: ['blur'], onOveruse: 'adjust', chance, key: keyOf(1, 'test'), ...rest })

export async function live(monitor: Monitor, life: Life, checks: number, seed = 1, probe?: Probe) {
  const world = new World(seed)
  const decisions: Decision[] = []
  for (let t = 1; t <= checks; t++)
    decisions.push(await monitor.observe(checkAt(world, life, t), probe))
  return decisions
}

export const overuses = (decisions: Decision[]) =>
  decisions.flatMap(d => d.events.filter(e => e.type === 'overuse'))
export const adjusts = (decisions: Decision[]) =>
  decisions.flatMap(d => d.events.filter(e => e.type === 'adjust'))
export const troubles = (decisions: Decision[]) =>
  overuses(decisions).map(e => (e.type === 'overuse' ? e.evidence.troubles : []))

/** Learns fast, then stays, with the ups and downs a plateau has. */
export function healthy(seed: number): Life {
  const random = new Random(keyOf(seed, 'test:healthy'))
  const [top, rate] = [0.8 + random.float(), 1 + 4 * random.float()]
  const jitter = Array.from({ length: 60 }, () => 0.02 * random.normal())
  const skill = (t: number) => top * (1 - Math.exp(-t / rate)) + jitter[t]
  return { clean: skill, noisy: t => skill(t) - 0.5 + jitter[30 + (t % 30)] }
}
