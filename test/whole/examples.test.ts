/** The examples of other runtimes, run as a reader would where their packages are installed. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const isThere = existsSync(resolve(root, 'node_modules/@tensorflow/tfjs'))
if (!isThere) console.warn('@tensorflow/tfjs is not installed: its example is not run')

describe.skipIf(!isThere)('the TensorFlow.js example', () => {
  it('prints a clean accuracy and a lower one in the strongest noise', () => {
    const file = resolve(root, 'examples/tensorflow-js.mjs')
    const { stdout, stderr } = spawnSync(process.execPath, [file], { cwd: root, encoding: 'utf8' })
    const accuracies = [...stdout.matchAll(/ ([\d.]+) % ECE/g)].map(match => Number(match[1]))
    expect(accuracies.length, stderr).toBe(6)
    expect(accuracies[0]).toBeGreaterThan(80)
    expect(accuracies[5]).toBeLessThan(accuracies[0])
  })
})
