import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { DataError, InternalError, nearestNames } from '../base/index.js'
import { writeFileAtomic } from './atomic.js'
import { type Calibration, calibrationSchema } from './calibration.js'
import { type Certificate, certificateSchema } from './certificate.js'
import { type Inspect, inspectSchema } from './inspect.js'
import { temperVersion } from './provenance.js'
import { type Scorecard, scorecardSchema } from './scorecard.js'
import { type Study, studySchema } from './study.js'

/** Every document by the name in its `schema` field. */
export const documentSchemas = {
  'temper.scorecard/1': scorecardSchema,
  'temper.certificate/1': certificateSchema,
  'temper.study/1': studySchema,
  'temper.inspect/1': inspectSchema,
  'temper.calibration/1': calibrationSchema,
} as const

export type DocumentName = keyof typeof documentSchemas
export type Document = Scorecard | Certificate | Study | Inspect | Calibration

/** The document as it is written: figures that are no finite number left out and listed in `notFinite`. */
export function finished<D extends Document>(document: D): D {
  const paths: string[] = []
  const copy = dropNonFinite(document, '', paths) as D
  if (paths.length) copy.notFinite = [...(copy.notFinite ?? []), ...paths].sort()
  const result = documentSchemas[document.schema].safeParse(copy)
  if (result.success) return copy
  const [issue] = result.error.issues
  throw new InternalError(`${document.schema} ${issue.path.join('.')}: ${issue.message}`)
}

/** Writes a document as indented JSON, whole or not at all. */
export function writeDocument(path: string, document: Document): void {
  writeFileAtomic(path, `${JSON.stringify(finished(document), null, 2)}\n`)
}

/** Reads a document; throws DataError on what is no document, is damaged, or is newer than this Temper. */
export function readDocument<N extends DocumentName>(
  path: string,
  name?: N,
): z.infer<(typeof documentSchemas)[N]> {
  return checkDocument(parseJson(path), path, name)
}

/** Checks data that claims to be a document; `where` begins the sentence of refusal. */
export function checkDocument<N extends DocumentName>(
  data: unknown,
  where: string,
  name?: N,
): z.infer<(typeof documentSchemas)[N]> {
  const found = (data as { schema?: unknown } | null)?.schema
  if (typeof found !== 'string')
    throw new DataError(`${where}: not a Temper document: it has no "schema" field.`)
  if (name !== undefined && found !== name) throw new DataError(wrongSchema(where, found, [name]))
  if (!Object.hasOwn(documentSchemas, found))
    throw new DataError(wrongSchema(where, found, Object.keys(documentSchemas)))
  const result = documentSchemas[found as DocumentName].safeParse(data)
  if (!result.success) {
    const [issue] = result.error.issues
    throw new DataError(
      `${where}: ${found} is damaged at ${issue.path.join('.')}: ${issue.message}.`,
    )
  }
  return data as z.infer<(typeof documentSchemas)[N]>
}

function wrongSchema(where: string, found: string, wanted: readonly string[]): string {
  const [kind, number] = found.split('/')
  const sister = wanted.find(name => name.split('/')[0] === kind)
  if (sister && Number(number) > Number(sister.split('/')[1]))
    return `${where}: written by a newer Temper (${found}); this one, ${temperVersion}, reads ${sister}. Update onnx-temper.`
  const near = nearestNames(found, wanted)
  return `${where}: expected a document ${wanted.join(' or ')}, received ${found}.${near.length ? ` Did you mean ${near[0]}?` : ''}`
}

function parseJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new DataError(`${path}: no such file, or it cannot be read.`, { path })
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new DataError(`${path}: not JSON; it may have been cut short.`, { path })
  }
}

/** A copy without fields that hold NaN or an infinity, alone or in a list; `paths` collects them. */
function dropNonFinite(value: unknown, path: string, paths: string[]): unknown {
  if (Array.isArray(value))
    return value.map((item, i) => dropNonFinite(item, `${path}[${i}]`, paths))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).flatMap(([key, field]) => {
    const place = path ? `${path}.${key}` : key
    if (!notFinite(field)) return [[key, dropNonFinite(field, place, paths)]]
    paths.push(place)
    return []
  })
  return Object.fromEntries(kept)
}

function notFinite(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value)
  return Array.isArray(value) && value.some(notFinite)
}
