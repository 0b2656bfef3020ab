import { type Einsum, parseEinsum, Site, text } from '../onnx/index.js'
import { forbidden, rule, type Scope } from './rule.js'

/**
 * y = the sum over labels that the output lacks of the product of the inputs. The gradient of one
 * input is the same sum with dy in its place; labels that stand in this input alone are stretched.
 */
export const einsumRule = rule(scope => {
  const einsum = parseEinsum(new Site(scope.node, scope.b))
  const repeated = [...einsum.inputs, einsum.output].some(
    labels => new Set(labels).size !== labels.length,
  )
  if (repeated) return forbidden('takes a diagonal (a label twice in one term)')
  return scope.node.inputs.map((_, i) => inputGradient(scope, spelled(einsum), i))
})

/** Ellipsis labels (`~0`) renamed to letters that the equation does not use. */
function spelled(einsum: Einsum): Einsum {
  const labels = [...new Set(einsum.inputs.flat())]
  const free = [...letters].filter(letter => !labels.includes(letter))
  const names = new Map(labels.map(l => [l, l.startsWith('~') ? free.pop()! : l]))
  const rename = (term: string[]) => term.map(label => names.get(label)!)
  return {
    inputs: einsum.inputs.map(rename),
    output: rename(einsum.output),
    sizes: new Map([...einsum.sizes].map(([label, size]) => [names.get(label)!, size])),
  }
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

function inputGradient(scope: Scope, { inputs, output, sizes }: Einsum, index: number): string {
  const { b, node, dy, reshape, expand } = scope
  const others = inputs.map((labels, i) => [labels, node.inputs[i]] as const)
  const terms = others.filter((_, i) => i !== index)
  const reached = new Set([...output, ...terms.flatMap(([labels]) => labels)])
  const kept = inputs[index].filter(label => reached.has(label))
  const left = [output, ...terms.map(([labels]) => labels)].map(labels => labels.join(''))
  const gradient = b.emit('Einsum', [dy, ...terms.map(([, name]) => name)], {
    equation: text(`${left.join(',')}->${kept.join('')}`),
  })
  const sized = inputs[index].map(label => (reached.has(label) ? sizes.get(label)! : 1))
  return expand(
    reshape(gradient, sized),
    inputs[index].map(label => sizes.get(label)!),
  )
}
