import { InternalError } from '../base/index.js'
import type { Builder, Node } from '../onnx/index.js'

/**
 * Which operators a graph may be made of. `portable`: the standard ones, and those every build of
 * the runtime has. `blocked`: also the runtime's own ones on blocked layouts, where a probe found
 * them working; what they cannot do stays portable.
 */
export type Column = 'portable' | 'blocked'

export interface LoweringOptions {
  /** The column of the table to take formulations from; the default is `portable`. */
  column?: Column
  /** Whether `com.microsoft.FusedMatMul` may be used (onnxruntime-web is faster without); default true. */
  fused?: boolean
  /** Channels of one block in the blocked layout, as the probe found; needed for that column. */
  block?: number
}

/** What a formulation works with. */
export interface Site {
  /** Adds nodes to the lowered graph. */
  readonly b: Builder
  /** The node being expanded. */
  readonly node: Node
  readonly options: Required<LoweringOptions>
  /** The lowered graph's own node that computes a value, which a formulation may ask more outputs of. */
  producer(value: string): Node | undefined
  /** The value in its own layout. A portable formulation finds all its inputs so. */
  plain(value: string): string
  /** The value in blocked layout, seen as [batch, channel, height, width]. */
  blocked(value: string): string
  /** Whether the value is at hand in blocked layout. */
  isBlocked(value: string): boolean
  /** What was computed once under a key, for all nodes of the graph. */
  once(key: string, make: () => string): string
}

/** A result that is in blocked layout; whoever needs it plain gets it reordered. */
export interface Blocked {
  readonly blocked: string
}

export type Result = string | Blocked

/** One way to compute an operator. */
export interface Formulation<Facts> {
  /** What the literature or the code calls it. */
  readonly name: string
  readonly column: Column
  /** Whether it is right, and the best choice, for these shapes. */
  applies(facts: Facts, site: Site): boolean
  /** Emits nodes and returns the results, in the order of the node's outputs. */
  emit(site: Site, facts: Facts): readonly Result[]
}

/** The formulation taken for a node. */
export interface Choice {
  readonly name: string
  readonly column: Column
  emit(): readonly Result[]
}

/** An operator: how its shapes are read, and its formulations, the preferred ones first. */
export interface Row {
  /** Undefined where none applies: a standard operator then stays as it is. */
  choose(site: Site): Choice | undefined
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
      const allowed = formulations.filter(
        f => f.column === 'portable' || f.column === site.options.column,
      )
      if (!allowed.length) return undefined
      const facts = read(site)
      const chosen = allowed.find(f => f.applies(facts, site))
      return chosen && { ...chosen, emit: () => chosen.emit(site, facts) }
    },
  }
}

/** The same for a private operator, of which one formulation always applies. */
export function chosen(row: Row, site: Site): Choice {
  const choice = row.choose(site)
  if (choice) return choice
  throw new InternalError(`no formulation of ${site.node.op} for its shapes`)
}
