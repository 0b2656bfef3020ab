import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { UsageError } from '../base/index.js'
import { type Recipe, recipeSchema } from './schema.js'
import { readSpace } from './search/space.js'

/** Reads a recipe file (YAML or JSON); throws UsageError naming the line or key that is wrong. */
export function readRecipe(path: string, overrides: readonly string[] = []): Recipe {
  return checkRecipe(applyOverrides(readRecipeData(path), overrides))
}

/** A recipe file as plain data, unchecked: it may hold searches. Throws UsageError. */
export function readRecipeData(path: string): unknown {
  return parseRecipe(readText(path), path)
}

/** Checks a recipe and fills in its defaults; throws UsageError with the path of the wrong key. */
export function checkRecipe(value: unknown, where = 'recipe'): Recipe {
  const result = recipeSchema.safeParse(value)
  if (result.success) return result.data
  refuseSearch(value)
  const [issue] = result.error.issues
  const path = pathText(issue.path)
  throw new UsageError(`${where}${path ? `: ${path}` : ''}: ${issue.message}`, { path })
}

/** A recipe to search in is no recipe to train. */
function refuseSearch(value: unknown): void {
  const { parameters } = readSpace(value)
  if (parameters.length)
    throw new UsageError(
      `recipe: it leaves ${parameters[0].name} to a search. temper tune searches; to train, give it a value.`,
    )
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new UsageError(`recipe: there is no file "${path}".`)
    throw new UsageError(`recipe: "${path}" cannot be read (${code}).`)
  }
}

/** YAML (and so JSON) as plain data; `where` names the file in errors. */
export function parseRecipe(text: string, where = 'recipe'): unknown {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error) throw new UsageError(`${where}: ${error.message.split('\n')[0].replace(/:$/, '.')}`)
  return document.toJS({ maxAliasCount: 100 })
}

const forbiddenKeys = ['__proto__', 'constructor', 'prototype']

/** Applies `path=value` settings: `train.epochs=3`, `noise.0.sigma=0.2`; values are YAML. */
export function applyOverrides(recipe: unknown, overrides: readonly string[]): unknown {
  const copy = structuredClone(recipe)
  for (const override of overrides) {
    const at = override.indexOf('=')
    if (at < 1)
      throw new UsageError(`--set: expected path=value (train.epochs=3), received "${override}".`)
    const path = override.slice(0, at)
    setAt(copy, path.split('.'), parseRecipe(override.slice(at + 1), `--set ${path}`), override)
  }
  return copy
}

function setAt(target: unknown, path: readonly string[], value: unknown, override: string): void {
  let place = target as Record<string, unknown>
  for (const [depth, part] of path.entries()) {
    if (typeof place !== 'object' || place === null || forbiddenKeys.includes(part))
      throw new UsageError(`--set: "${override}" leads into something that has no keys.`)
    if (depth === path.length - 1) place[part] = value
    else {
      place[part] ??= {}
      place = place[part] as Record<string, unknown>
    }
  }
}
