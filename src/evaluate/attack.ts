/** Conditions that are attacks: samples moved up the loss of the model that is measured. */
import { keyOf, UsageError } from '../base/index.js'
import type { Batch, Dataset } from '../data/index.js'
import type { Device } from '../engine/index.js'
import { Attacker } from '../gradients/index.js'
import type { Answers } from '../metrics/index.js'
import { type OpenedModel, type Preprocess, requireOneAnswer } from '../model/index.js'
import { ascentOf } from '../noise/index.js'
import { clipOf } from './disturb.js'
import type { Condition, Suite } from './suites/suite.js'

/** Whether a condition asks for gradients. */
export const isAttack = ({ at, kind }: Condition): boolean =>
  at === 'input' && ascentOf(at, kind) !== undefined

interface Where {
  readonly preprocess?: Preprocess
  readonly threads?: number
  readonly device?: Device
}

/** What a suite's attacks need; undefined where it has none. Throws UsageError without gradients. */
export function attackerFor(
  suite: Suite,
  data: Dataset,
  opened: OpenedModel | undefined,
  { preprocess, threads, device }: Where,
): SampleAttacker | undefined {
  if (!suite.conditions.some(isAttack)) return undefined
  if (!opened)
    throw new UsageError(
      `suite ${suite.name}: attacks need the gradients of one ONNX file; a function, an ensemble and Monte-Carlo passes have none.`,
    )
  if (data.targets) throw new UsageError(`suite ${suite.name}: its attacks are on classifiers.`)
  requireOneAnswer(opened.output, `suite ${suite.name}`)
  return new SampleAttacker(opened, data, {
    preprocess: preprocess ?? opened.found.preprocess,
    threads,
    device,
  })
}

/** Samples whose gradients are worked out at once, so many whatever the batch. */
const rowsUnderAttack = 32

export class SampleAttacker {
  private readonly attacker: Attacker
  private readonly outputs: number

  constructor(
    opened: OpenedModel,
    private readonly data: Dataset,
    where: Where & { readonly preprocess: Preprocess },
  ) {
    this.outputs = opened.output.size
    const loss = this.outputs === 1 ? 'binary-cross-entropy' : 'cross-entropy'
    const steady = { rowsAtOnce: rowsUnderAttack, isSteady: true }
    this.attacker = new Attacker(opened, { ...where, ...steady, loss, sampleShape: data.shape })
  }

  /** The batch moved away from its labels; from the clean answers where there are none. */
  attack(
    condition: Condition,
    draw: number,
    { data: samples, rows, ids, labels }: Batch,
    clean: Answers,
    seed: number,
  ): Promise<Float32Array> {
    const { kind, severity, level } = condition
    return this.attacker.attack({
      ...{ kind, level, samples, rows },
      targets: this.targets(labels ?? clean.predictions),
      clip: clipOf(condition, this.data.kind),
      keyOf: row => keyOf(seed, `evaluate input:${kind}`, severity, draw, ids[row]),
    })
  }

  /** One-hot; one number is the chance of the second class. A sample without a class has none. */
  private targets(classes: ArrayLike<number>): Float32Array {
    const wide = new Float32Array(classes.length * this.outputs)
    for (let row = 0; row < classes.length; row++)
      if (this.outputs === 1) wide[row] = classes[row]
      else if (classes[row] >= 0) wide[row * this.outputs + classes[row]] = 1
    return wide
  }

  close(): Promise<void> {
    return this.attacker.close()
  }
}
