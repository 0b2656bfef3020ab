interface Asked {
  readonly answer: Promise<unknown>
  use(value: unknown): void
}

/** Work asked for before the work before it is done, and used in the order it was asked for. */
export class InOrder {
  private readonly asked: Asked[] = []

  /** `width` pieces are under way at most; with 1 each is used before the next is asked for. */
  constructor(private readonly width: () => number) {}

  /** Asks, then waits until there is room for another; throws what a piece in turn failed with. */
  async put<T>(ask: () => Promise<T>, use: (value: T) => void): Promise<void> {
    const answer = ask()
    answer.catch(() => {}) // thrown when its turn comes
    this.asked.push({ answer, use: use as Asked['use'] })
    while (this.asked.length >= this.width()) await this.useFirst()
  }

  /** Waits for all that was asked for. */
  async drain(): Promise<void> {
    while (this.asked.length) await this.useFirst()
  }

  private async useFirst(): Promise<void> {
    const { answer, use } = this.asked.shift()!
    use(await answer)
  }
}
