import { DataError, expected } from '../../base/index.js'
import type { NpyArray } from '../codecs/npy.js'
import { numberOf } from '../codecs/table.js'
import type { Dataset } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { classIndex } from './class-index.js'

export type Answers = Pick<Dataset, 'labels' | 'targets' | 'classes'>

/** Class names from text, classes from whole numbers of at least 0, one-hot rows, else targets. */
export function arrayAnswers(
  name: string,
  samples: number,
  y: NpyArray,
  options: DataOptions,
): Answers {
  const [count, width = 1] = y.shape
  if (count !== samples || y.shape.length > 2)
    throw new DataError(
      expected(
        name,
        `one label for each of ${samples} samples`,
        `y of shape [${y.shape.join(', ')}]`,
      ),
    )
  if (y.type === 'text')
    return namedLabels(
      name,
      Array.from({ length: count }, (_, i) => y.text(i)),
      options,
    )
  if (width > 1) return numericAnswers(name, oneHot(name, y), options)
  return numericAnswers(
    name,
    Array.from({ length: count }, (_, i) => y.exact(i)),
    options,
  )
}

function oneHot(name: string, y: NpyArray): number[] {
  const [count, width] = y.shape
  return Array.from({ length: count }, (_, row) => {
    const values = Array.from({ length: width }, (_, column) => y.exact(row * width + column))
    const label = values.indexOf(1)
    if (label < 0 || values.some((value, column) => value !== (column === label ? 1 : 0)))
      throw new DataError(
        expected(name, 'y [samples], or one-hot rows', `row ${row} of y [${y.shape.join(', ')}]`),
      )
    return label
  })
}

const MAX_CLASSES = 100_000

export function namedLabels(name: string, names: readonly string[], options: DataOptions): Answers {
  const classes = options.classes ?? [...new Set(names)].sort()
  if (classes.length > MAX_CLASSES)
    throw new DataError(
      expected(
        name,
        `at most ${MAX_CLASSES} classes`,
        classes.length,
        'Choose the label column with --label.',
      ),
    )
  return { classes, labels: Int32Array.from(names, classIndex(classes, name)) }
}

/** Whole numbers of at least 0 are classes unless the task is regression. Throws DataError. */
export function numericAnswers(
  name: string,
  values: readonly number[],
  options: DataOptions,
): Answers {
  const bad = values.findIndex(value => !Number.isFinite(value))
  if (bad >= 0)
    throw new DataError(
      expected(name, 'a finite label or target', `${values[bad]} in sample ${bad}`),
    )
  const areClasses = values.every(
    value => Number.isInteger(value) && value >= 0 && value < MAX_CLASSES,
  )
  if (options.task === 'regression' || (!areClasses && !options.task))
    return { targets: Float32Array.from(values) }
  const highest = values.reduce((most, value) => Math.max(most, value), 0)
  const count = options.classes?.length ?? highest + 1
  const wrong = values.findIndex(value => !Number.isInteger(value) || value < 0 || value >= count)
  if (wrong >= 0 || !areClasses)
    throw new DataError(
      expected(
        name,
        `labels that are whole numbers from 0 to ${count - 1}`,
        `${values[Math.max(0, wrong)]} in sample ${Math.max(0, wrong)}`,
      ),
    )
  const classes = options.classes ?? Array.from({ length: count }, (_, label) => String(label))
  return { classes, labels: Int32Array.from(values) }
}

/** Numbers are classes or targets, anything else is a class name. */
export function textAnswers(
  name: string,
  labels: readonly string[],
  options: DataOptions,
): Answers {
  const numbers = labels.map(numberOf)
  const areNumbers = numbers.every(value => value !== undefined)
  if (options.task === 'regression' && !areNumbers)
    throw new DataError(
      expected(name, 'numbers in the target column', labels[numbers.indexOf(undefined)]),
    )
  return areNumbers && !options.classes?.some(known => numberOf(known) === undefined)
    ? numericAnswers(name, numbers as number[], options)
    : namedLabels(name, labels, options)
}
