/** Running mean and variance of a stream, in one pass (Welford 1962; merging by Chan et al. 1979). */
export class Moments {
  count = 0
  mean = 0
  /** Sum of squared deviations from the mean. */
  private squares = 0

  add(x: number): void {
    this.count++
    const off = x - this.mean
    this.mean += off / this.count
    this.squares += off * (x - this.mean)
  }

  /** Takes in another stream's moments. */
  merge(other: Moments): void {
    if (other.count === 0) return
    const total = this.count + other.count
    const off = other.mean - this.mean
    this.mean += (off * other.count) / total
    this.squares += other.squares + (off * off * this.count * other.count) / total
    this.count = total
  }

  /** Mean squared deviation from the mean; 0 for an empty stream. */
  get variance(): number {
    return this.count ? this.squares / this.count : 0
  }

  /** The unbiased estimate, divided by count - 1; 0 below two values. */
  get sampleVariance(): number {
    return this.count > 1 ? this.squares / (this.count - 1) : 0
  }

  get standardDeviation(): number {
    return Math.sqrt(this.sampleVariance)
  }
}
