import { InternalError } from '../base/index.js'
import type { Builder, Node } from '../onnx/index.js'

/** Which operators a graph may be made of: the standard ones, and those every build of the runtime has. */
export type Column = 'portable'

export interface LoweringOptions {
  /** The column of the table to take formulations from; the default is `portable`. */
  column?: Column
  /** Whether `com.microsoft.FusedMatMul` may be used (onnxruntime-web is faster without); default true. */
  fused?: boolean
}

/** What a formulation works with. */
export interface Site {
  /** Adds nodes to the lowered graph. */
  readonly b: Builder
  /** The private node being expanded. */
  readonly node: Node
  readonly options: Required<LoweringOptions>
  /** The lowered graph's own node that computes a value, which a formulation may ask more outputs of. */
  producer(value: string): Node | undefined
}

/** One way to compute a private operator. */
export interface Formulation<Facts> {
  /** What the literature or the code calls it. */
  readonly name: string
  readonly column: Column
  /** Whether it is right, and the best choice, for these shapes. */
  applies(facts: Facts, site: Site): boolean
  /** Emits nodes and returns the names of the results, in the order of the node's outputs. */
  emit(site: Site, facts: Facts): string[]
}

/** A private operator: how its shapes are read, and its formulations, the preferred ones first. */
export interface Row {
  /** The formulation that `lower` takes for a node; throws when none applies. */
  choose(site: Site): { readonly name: string; emit(): string[] }
  readonly names: readonly string[]
}

/** Binds a reader of shapes to the formulations that are chosen by them. */
export function row<Facts>(
  read: (site: Site) => Facts,
  formulations: readonly Formulation<Facts>[],
): Row {
  return {
    names: formulations.map(f => f.name),
    choose(site) {
      const facts = read(site)
      const chosen = formulations.find(
        f => f.column === site.options.column && f.applies(facts, site),
      )
      if (!chosen) throw new InternalError(`no formulation of ${site.node.op} for its shapes`)
      return { name: chosen.name, emit: () => chosen.emit(site, facts) }
    },
  }
}
