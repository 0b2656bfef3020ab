/** Held-out answers, clean and noisy, kept for fitting and judging a scaling. */
import { fold, keyOf, Random } from '../../base/index.js'
import { type Answers, ScoreGatherer, type ScoreTable } from '../../metrics/index.js'

/** Fits on one half and judges on the other, both ways round. */
export const halves = 2

/** By half of the samples: the clean scores, and those under all noise. */
export interface Gathered {
  readonly clean: readonly ScoreTable[]
  readonly noisy: readonly ScoreTable[]
}

/** A sample is in the same half clean and under any noise. */
export class HalfGatherer {
  private readonly clean: readonly ScoreGatherer[]
  private readonly noisy: readonly ScoreGatherer[]
  private readonly random: Random

  constructor(classes: number, seed: number) {
    const some = () => Array.from({ length: halves }, () => new ScoreGatherer(classes))
    this.clean = some()
    this.noisy = some()
    this.random = new Random(fold(keyOf(seed, 'calibrate: halves'), 0))
  }

  add(clean: Answers, noisy: readonly (readonly Answers[])[]): void {
    const half = Array.from({ length: clean.samples }, () => (this.random.float() < 0.5 ? 0 : 1))
    for (let at = 0; at < halves; at++) {
      const rows = half.flatMap((h, row) => (h === at ? [row] : []))
      this.clean[at].add(clean, rows)
      for (const answers of noisy.flat()) this.noisy[at].add(answers, rows)
    }
  }

  result(): Gathered {
    return { clean: this.clean.map(g => g.table()), noisy: this.noisy.map(g => g.table()) }
  }
}
