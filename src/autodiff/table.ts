import type { Node } from '../onnx/index.js'
import type { Row } from './rule.js'

/**
 * Every operator and its rule, named stop or named refusal; operators outside the default domain
 * carry theirs in front: `com.microsoft.Gelu`.
 */
export const rules: Readonly<Record<string, Row>> = {}

/** The row of a node's operator; undefined when the table does not know it. */
export function rowOf({ op, domain }: Pick<Node, 'op' | 'domain'>): Row | undefined {
  return rules[domain === '' ? op : `${domain}.${op}`]
}
