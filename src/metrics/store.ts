/** Numbers appended without end, 8 bytes each. */
export class Store {
  private held = new Float64Array(1024)
  private used = 0

  push(value: number): void {
    if (this.used === this.held.length) {
      const larger = new Float64Array(2 * this.used)
      larger.set(this.held)
      this.held = larger
    }
    this.held[this.used++] = value
  }

  get length(): number {
    return this.used
  }

  /** A sorted copy, ascending. */
  sorted(): Float64Array {
    return this.held.slice(0, this.used).sort()
  }
}
