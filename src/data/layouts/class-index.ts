import { DataError, didYouMean } from '../../base/index.js'
import { printable } from '../sources/folder.js'

/** Looks class names up; a name that is not among them is a DataError naming `where`. */
export function classIndex(classes: readonly string[], where: string): (name: string) => number {
  const index = new Map(classes.map((name, label) => [name, label]))
  return name => {
    const label = index.get(name)
    if (label !== undefined) return label
    throw new DataError(
      `${where}: "${printable(name)}" is none of the ${classes.length} classes (${classes.slice(0, 5).map(printable).join(', ')}` +
        `${classes.length > 5 ? ', ...' : ''}).${didYouMean(name, classes)}`,
    )
  }
}
