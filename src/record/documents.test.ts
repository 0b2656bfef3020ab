import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { DataError, UsageError } from '../base/index.js'
import {
  contentHash,
  finished,
  readDocument,
  type Scorecard,
  sha256,
  sha256File,
  temperVersion,
  versions,
  writeDocument,
  writeFileAtomic,
} from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-record-'))
afterAll(() => rmSync(folder, { recursive: true }))

const scorecard: Scorecard = {
  schema: 'temper.scorecard/1',
  version: '0.1.0',
  seed: 0,
  device: 'cpu',
  threads: 2,
  model: { file: 'model.onnx', sha256: 'a'.repeat(64), parameters: 1000, classes: 10 },
  data: { source: 'mnist:test', samples: 100 },
  suite: { name: 'gaussian', preset: null },
  clean: { accuracy: 0.9, accuracyInterval: [0.82, 0.94], nll: 0.3 },
  conditions: [
    {
      at: 'input',
      kind: 'gaussian',
      severity: 1,
      level: 0.08,
      clip: [0, 1],
      seen: false,
      measures: { accuracy: 0.8 },
      drop: 0.1,
    },
  ],
  summary: { cleanAccuracy: 0.9, meanAccuracy: 0.8 },
}
const path = join(folder, 'scorecard.json')

describe('documents', () => {
  it('come back as they were written, and leave nothing beside them', () => {
    writeDocument(path, scorecard)
    expect(readDocument(path, 'temper.scorecard/1')).toEqual(scorecard)
    expect(readdirSync(folder)).toEqual(['scorecard.json'])
  })

  it('keep fields of a later version of the same schema', () => {
    const later = { ...scorecard, clean: { ...scorecard.clean, newMeasure: 1 } }
    writeFileSync(path, JSON.stringify(later))
    expect(readDocument(path)).toEqual(later)
  })

  it('leave out what is no finite number and say which', () => {
    const clean = { accuracy: 0.9, nll: Infinity, accuracyInterval: [Number.NaN, 1] }
    const document = finished({ ...scorecard, clean } as Scorecard)
    expect(document.clean).toEqual({ accuracy: 0.9 })
    expect(document.notFinite).toEqual(['clean.accuracyInterval', 'clean.nll'])
  })

  it('are refused when a needed figure is missing', () => {
    const broken = { ...scorecard, seed: Number.NaN }
    expect(() => writeDocument(path, broken)).toThrow(/internal: temper\.scorecard\/1 seed/)
  })

  it.each([
    [
      '{"schema":"temper.scorecard/2"}',
      `written by a newer Temper (temper.scorecard/2); this one, ${temperVersion}, reads temper.scorecard/1. Update onnx-temper.`,
    ],
    [
      '{"schema":"temper.certificate/1"}',
      'expected a document temper.scorecard/1, received temper.certificate/1.',
    ],
    ['{"schema":"temper.scorcard/1"}', 'Did you mean temper.scorecard/1?'],
    ['{"schema":"temper.scorecard/1"}', 'temper.scorecard/1 is damaged at version'],
    ['{"schema":', 'not JSON; it may have been cut short.'],
    ['[1]', 'it has no "schema" field.'],
  ])('%s is refused', (text, sentence) => {
    writeFileSync(path, text)
    const read = () => readDocument(path, 'temper.scorecard/1')
    expect(read).toThrow(DataError)
    expect(read).toThrow(sentence)
  })

  it('say when the place does not exist', () => {
    const nowhere = join(folder, 'no', 'such', 'place.json')
    expect(() => writeDocument(nowhere, scorecard)).toThrow(UsageError)
    expect(() => readDocument(nowhere)).toThrow('no such file')
    expect(() => writeFileAtomic(folder, 'a page')).toThrow(/a folder is there/)
  })
})

describe('an atomic write', () => {
  it('leaves the old file as it was when it fails', () => {
    const place = join(folder, 'kept.txt')
    writeFileAtomic(place, 'old')
    const broken = [Buffer.from('new'), null as unknown as Uint8Array]
    expect(() => writeFileAtomic(place, broken)).toThrow()
    expect(readFileSync(place, 'utf8')).toBe('old')
    expect(readdirSync(folder).filter(name => name.includes('partial'))).toEqual([])
  })
})

describe('provenance', () => {
  it('hashes as FIPS 180-2 says, in memory and from a file', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    writeFileSync(join(folder, 'abc'), 'abc')
    expect(sha256('abc')).toBe(abc)
    expect(sha256('a', Buffer.from('bc'))).toBe(abc)
    expect(sha256File(join(folder, 'abc'))).toBe(abc)
  })

  it('has one hash for one result, whatever the circumstances and the order of keys', () => {
    const { schema, version: _, ...rest } = scorecard
    const elsewhere = {
      ...rest,
      timing: { samplesPerSecond: 9 },
      threads: 8,
      device: 'cuda',
      version: '9',
      schema,
    }
    expect(contentHash(elsewhere)).toBe(contentHash(scorecard))
    expect(contentHash({ ...scorecard, seed: 1 })).not.toBe(contentHash(scorecard))
  })

  it('knows the versions of what is installed', () => {
    expect(versions('zod', 'no-such-package-here')).toEqual({
      temper: temperVersion,
      node: process.versions.node,
      zod: expect.stringMatching(/^4\./),
    })
  })
})
