/** Bits of bytes, the highest of each first; beyond the end stand zeros. */
export class BitReader {
  private at: number
  private cache = 0
  private held = 0

  constructor(
    private readonly bytes: Uint8Array,
    begin = 0,
  ) {
    this.at = begin
  }

  /** A number of 0 to 32 bits. */
  bits(count: number): number {
    if (count > 24) return this.bits(count - 16) * 0x10000 + this.bits(16)
    while (this.held < count) {
      this.cache = (this.cache << 8) | (this.bytes[this.at] ?? 0)
      this.at++
      this.held += 8
    }
    this.held -= count
    return (this.cache >>> this.held) & ((1 << count) - 1)
  }

  /** A number in two's complement. */
  signed(count: number): number {
    const value = this.bits(count)
    return count && value >= 2 ** (count - 1) ? value - 2 ** count : value
  }

  /** How many zeros stand before the next one, which is read too; `most + 1` when there are more. */
  zeros(most: number): number {
    let count = 0
    while (count <= most) {
      const here = this.held ? this.cache & ((1 << this.held) - 1) : 0
      if (here) {
        const ahead = Math.clz32(here) - (32 - this.held)
        this.held -= ahead + 1
        return count + ahead
      }
      count += this.held
      if (this.at >= this.bytes.length) return most + 1
      this.cache = this.bytes[this.at++]
      this.held = 8
    }
    return most + 1
  }

  /** Leaves out what is left of the byte. */
  align(): void {
    this.held -= this.held % 8
  }

  /** Place of the next unread byte, once aligned. */
  get position(): number {
    return this.at - this.held / 8
  }
}
