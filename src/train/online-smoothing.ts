/**
 * Online label smoothing (Zhang et al. 2021): the target of class k is mixed with the mean answer of
 * the last epoch to samples of k that were answered rightly. In the first epoch, and for a class
 * that was never right, that mean is uniform.
 */

/** What is remembered, in one array: means of the last epoch [K, K], sums of this one [K, K], counts [K]. */
export type ClassMemory = Float32Array

const classesOf = (memory: ClassMemory) => Math.round((Math.sqrt(1 + 8 * memory.length) - 1) / 4)

export function newMemory(classes: number): ClassMemory {
  const memory = new Float32Array(classes * (2 * classes + 1))
  resetMemory(memory)
  return memory
}

export function resetMemory(memory: ClassMemory): void {
  const classes = classesOf(memory)
  memory.fill(0).fill(1 / classes, 0, classes ** 2)
}

/** t' = alpha t + (1 - alpha) sum over k of t_k mean_k, in place; returns the class of each row before. */
export function smoothTargets(
  memory: ClassMemory,
  targets: Float32Array,
  rows: number,
  alpha: number,
): Int32Array {
  const classes = classesOf(memory)
  const labels = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    const target = targets.subarray(row * classes, (row + 1) * classes)
    const given = target.slice()
    labels[row] = largest(given)
    for (let j = 0; j < classes; j++) {
      let mean = 0
      for (let k = 0; k < classes; k++) mean += given[k] * memory[k * classes + j]
      target[j] = alpha * given[j] + (1 - alpha) * mean
    }
  }
  return labels
}

/** Adds the answers to samples that were answered rightly: softmax(z) to the sums of their class. */
export function rememberAnswers(
  memory: ClassMemory,
  logits: Float32Array,
  labels: Int32Array,
): void {
  const classes = classesOf(memory)
  const [sums, counts] = [classes ** 2, 2 * classes ** 2]
  for (const [row, label] of labels.entries()) {
    const z = logits.subarray(row * classes, (row + 1) * classes)
    if (largest(z) !== label) continue
    const powers = z.map(value => Math.exp(value - z[label]))
    const total = powers.reduce((a, b) => a + b, 0)
    for (let j = 0; j < classes; j++) memory[sums + label * classes + j] += powers[j] / total
    memory[counts + label]++
  }
}

/** The sums of the epoch become the means of the next one. */
export function endMemoryEpoch(memory: ClassMemory): void {
  const classes = classesOf(memory)
  const [sums, counts] = [classes ** 2, 2 * classes ** 2]
  for (let k = 0; k < classes; k++)
    for (let j = 0; j < classes; j++) {
      const count = memory[counts + k]
      memory[k * classes + j] = count ? memory[sums + k * classes + j] / count : 1 / classes
    }
  memory.fill(0, sums)
}

function largest(values: Float32Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i
  return best
}
