import { epilogueOf } from '../epilogue.js'
import type { Site } from '../formulation.js'

/** A node's epilogue with the value to add in blocked layout. */
export function epilogueIn(site: Site): { plus?: string; relu: boolean } {
  const { plus, relu } = epilogueOf(site.node)
  return { relu, ...(plus === undefined ? {} : { plus: site.blocked(plus) }) }
}
