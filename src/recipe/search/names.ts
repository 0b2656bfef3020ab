import { isObject, isSearch } from './form.js'

type Path = readonly (string | number)[]

/** Names of places in a recipe, those in a noise by the noise: `input:gaussian.sigma`, as events do. */
export function noiseNames(recipe: unknown): (path: Path) => string {
  const noise = isObject(recipe) && Array.isArray(recipe.noise) ? recipe.noise : []
  const counts = new Map<string, number>()
  const names = noise.map(entry => {
    const stem = stemOf(isSearch(entry) ? inner(entry.search) : entry)
    if (stem === undefined) return undefined
    const count = (counts.get(stem) ?? 0) + 1
    counts.set(stem, count)
    return count === 1 ? stem : `${stem}#${count}`
  })
  return path => {
    const [room, index, ...rest] = path
    const name = room === 'noise' && typeof index === 'number' ? names[index] : undefined
    return name === undefined ? joined(path) : joined([name, ...rest])
  }
}

const inner = (search: unknown): unknown => (isObject(search) ? search.onOff : undefined)

function stemOf(entry: unknown): string | undefined {
  if (!isObject(entry)) return undefined
  const { at, kind } = entry
  return typeof at === 'string' && typeof kind === 'string' ? `${at}:${kind}` : undefined
}

const joined = (path: Path): string =>
  path.reduce<string>(
    (text, part) => text + (typeof part === 'number' ? `[${part}]` : text ? `.${part}` : part),
    '',
  )
