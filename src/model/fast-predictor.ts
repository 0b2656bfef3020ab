/** The predictor of a long pass: with several sessions side by side as soon as they are loaded. */
import type { Predictor, Weights } from './predictor.js'

/** Seconds left below which further sessions are not worth loading. */
const worthLanes = 0.5
/** Calls before what is left is guessed at; the first one is slow. */
const fewest = 3

export class FastPredictor {
  private current: Predictor
  private opening: Promise<void> | undefined
  private started: number | undefined
  private made = 0

  /** About so many calls will be made; `withWeights`: some of them with other weights. */
  constructor(
    private readonly plain: Predictor,
    private readonly calls: number,
    private readonly withWeights = false,
  ) {
    this.current = plain
  }

  /** Answers that may be under way at once. */
  get width(): number {
    return this.current.width ?? 1
  }

  predict(samples: Float32Array, rows: number, weights?: Weights): Promise<Float32Array> {
    const now = performance.now()
    this.started ??= now
    const left = ((now - this.started) / 1000 / this.made) * (this.calls - this.made)
    if (this.made++ >= fewest && left > worthLanes) this.opening ??= this.open()
    return this.current.predict(samples, rows, weights)
  }

  /** Closes the further sessions; the plain predictor stays open. */
  async close(): Promise<void> {
    await this.opening
    if (this.current !== this.plain) await this.current.close()
  }

  private async open(): Promise<void> {
    try {
      this.current = (await this.plain.inLanes?.(this.withWeights)) ?? this.plain
    } catch {
      // Without them, for lack of memory say, the pass goes on as it is, to the same figures.
    }
  }
}
