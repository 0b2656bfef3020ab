/** Named timers; starting one again puts it off. */
export class Timers {
  private readonly running = new Map<string, NodeJS.Timeout>()

  start(name: string, ms: number, then: () => void): void {
    clearTimeout(this.running.get(name))
    // A longer delay than 2^31 - 1 would fire at once.
    this.running.set(name, setTimeout(then, Math.min(ms, 2 ** 31 - 1)))
  }

  stopAll(): void {
    for (const timer of this.running.values()) clearTimeout(timer)
    this.running.clear()
  }
}
