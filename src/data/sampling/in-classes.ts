import { DataError } from '../../base/index.js'
import type { Dataset } from '../dataset.js'

/**
 * The same data with the labels that a model knows its classes by: by name, so that a class without
 * samples, or another order, shifts no label. Data that share no name with it keep their numbers.
 * Throws DataError where some names are known and others are not.
 */
export function inClasses(data: Dataset, known: readonly string[] | undefined): Dataset {
  const { labels, classes, name } = data
  if (!labels || !classes || !known || `${classes}` === `${known}`) return data
  const places = classes.map(found => known.indexOf(found))
  if (places.every(place => place < 0)) return data
  const unknown = classes.filter((_, label) => places[label] < 0)
  if (unknown.length)
    throw new DataError(
      `data: ${name} has the class${unknown.length > 1 ? 'es' : ''} ${quoted(unknown)}, and the model was trained on ${quoted(known)}. Name the classes as the model does, or leave those samples out.`,
    )
  return { ...data, classes: known, labels: labels.map(label => places[label]) }
}

/** The first of them, in quotes. */
function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 12).map(name => `"${name}"`)
  return `${shown.join(', ')}${names.length > shown.length ? ', ...' : ''}`
}
