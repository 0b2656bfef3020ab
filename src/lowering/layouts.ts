import { InternalError, sameShape } from '../base/index.js'
import { type Builder, int, type Node } from '../onnx/index.js'
import { nchwcDomain } from './blocked/nchwc.js'

/**
 * Which values are at hand in which layout. Blocked: [batch, channel / B, height, width, B] in
 * memory, seen as [batch, channel, height, width]; a series [batch, channel, length] has height 1.
 */
export class Layouts {
  private readonly blockedNames = new Map<string, string>()
  /** Values that exist in blocked layout alone, so far. */
  private readonly pending = new Set<string>()

  constructor(private readonly b: Builder) {}

  isBlocked(value: string): boolean {
    return this.blockedNames.has(value)
  }

  /** Says that a value exists in blocked layout under a name of its own. */
  give(value: string, blocked: string): void {
    this.blockedNames.set(value, blocked)
    this.pending.add(value)
  }

  plain(value: string): string {
    if (this.pending.delete(value)) this.restore(value, this.blockedNames.get(value)!)
    return value
  }

  blocked(value: string): string {
    const known = this.blockedNames.get(value)
    if (known !== undefined) return known
    const image = asImage(this.b.shape(value))
    const seen = sameShape(image, this.b.shape(value))
      ? value
      : this.b.emit('Reshape', [value, this.b.ints(image)])
    const type = { dtype: this.b.dtype(value), shape: image }
    const made = this.b.emit('ReorderInput', [seen], {}, { domain: nchwcDomain, types: [type] })
    this.blockedNames.set(value, made)
    return made
  }

  /** Emits the value in its own layout, under its own name. */
  private restore(value: string, blocked: string): void {
    const shape = this.b.shape(value)
    const attributes = { channels: int(shape[1]) }
    const node = { name: value, op: 'ReorderOutput', domain: nchwcDomain, attributes }
    if (shape.length === 4) {
      this.push({ ...node, inputs: [blocked], outputs: [value] })
      return
    }
    const image = { dtype: this.b.dtype(value), shape: asImage(shape) }
    const options = { domain: nchwcDomain, types: [image] }
    const made = this.b.emit('ReorderOutput', [blocked], attributes, options)
    const inputs = [made, this.b.ints(shape)]
    this.push({ name: value, op: 'Reshape', domain: '', attributes: {}, inputs, outputs: [value] })
  }

  private push(node: Node): void {
    this.b.graph.nodes.push(node)
  }
}

/** [batch, channel, height, width]. */
function asImage(shape: readonly number[]): number[] {
  if (shape.length === 4) return [...shape]
  if (shape.length === 3) return [shape[0], shape[1], 1, shape[2]]
  throw new InternalError(`the shape [${shape}] has no blocked layout`)
}
