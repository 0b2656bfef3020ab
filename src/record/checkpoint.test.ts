import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { DataError } from '../base/index.js'
import {
  checkpointFolder,
  latestCheckpoint,
  listCheckpoints,
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from './index.js'

const root = mkdtempSync(join(tmpdir(), 'temper-checkpoint-'))
const checkpoints = join(root, 'checkpoints')
afterAll(() => rmSync(root, { recursive: true }))
beforeEach(() => {
  rmSync(checkpoints, { recursive: true, force: true })
  mkdirSync(checkpoints)
})

const write = (step: number) => {
  const folder = checkpointFolder(checkpoints, step)
  writeCheckpoint(folder, step, {
    'state.json': `{"step":${step}}`,
    'parameters.safetensors': [Uint8Array.of(1, 2), Uint8Array.of(3)],
  })
  return folder
}

describe('a checkpoint', () => {
  it('comes back with every part', () => {
    const { step, parts } = readCheckpoint(write(7))
    expect(step).toBe(7)
    expect([...parts.get('parameters.safetensors')!]).toEqual([1, 2, 3])
    expect(readdirSync(checkpoints)).toEqual(['step-000000007'])
  })

  it('replaces one of the same step', () => {
    write(7)
    expect(readCheckpoint(write(7)).step).toBe(7)
  })

  it.each([
    ['a changed byte', Uint8Array.of(1, 2, 4), 'does not match its SHA-256'],
    ['a cut part', Uint8Array.of(1, 2), 'holds 2 bytes instead of 3'],
    ['a missing part', null, 'is missing or cannot be read'],
  ])('names the part with %s', (_, bytes, fault) => {
    const folder = write(7)
    const part = join(folder, 'parameters.safetensors')
    if (bytes) writeFileSync(part, bytes)
    else rmSync(part)
    expect(() => readCheckpoint(folder)).toThrow(DataError)
    expect(() => readCheckpoint(folder)).toThrow(
      `the checkpoint is damaged: parameters.safetensors ${fault}.`,
    )
  })

  it('refuses a manifest that names a file elsewhere, and one of a newer Temper', () => {
    const folder = write(7)
    const part = { bytes: 0, sha256: 'a'.repeat(64) }
    const manifest = {
      schema: 'temper.checkpoint/1',
      version: '0',
      step: 7,
      parts: { '../x': part },
    }
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
    expect(() => readCheckpoint(folder)).toThrow('manifest.json is not a checkpoint manifest')
    writeFileSync(join(folder, 'manifest.json'), '{"schema":"temper.checkpoint/9"}')
    expect(() => readCheckpoint(folder)).toThrow('newer Temper (temper.checkpoint/9)')
  })
})

describe('the checkpoints of a run', () => {
  it('gives the newest sound one, saying which it passed over', () => {
    write(10)
    writeFileSync(join(write(20), 'state.json'), 'x')
    mkdirSync(join(checkpoints, '.step-000000030.1.partial'))
    const heard: string[] = []
    expect(latestCheckpoint(checkpoints, sentence => heard.push(sentence)).step).toBe(10)
    expect(heard).toEqual([expect.stringContaining('step-000000020: the checkpoint is damaged')])
  })

  it('says when there is none', () => {
    expect(() => latestCheckpoint(checkpoints)).toThrow('no sound checkpoint to resume from')
    expect(listCheckpoints(join(root, 'nowhere'))).toEqual([])
  })

  it('keeps the newest and the best', () => {
    const [best, , old] = [1, 1000, 2, 3].map(write)
    pruneCheckpoints(checkpoints, 2, [best])
    expect(listCheckpoints(checkpoints).map(folder => folder.slice(-4))).toEqual([
      '0001',
      '0003',
      '1000',
    ])
    expect(existsSync(old)).toBe(false)
  })
})
