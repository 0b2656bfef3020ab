/** `temper data check` finds what was put into the data, and counts it exactly. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyOf, Random } from '../../src/base/index.js'
import { wavFile } from '../../src/data/index.js'
import { type DataCheck, inspectData } from '../../src/train/index.js'
import { writeNpy } from '../support/files.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-data-check-'))
const at = (...parts: string[]) => join(folder, ...parts)
afterAll(() => rmSync(folder, { recursive: true }))

const random = new Random(keyOf(0, 'data check'))
const count = 240
const flipped = [3, 40, 77, 121, 160, 200, 233]

async function picture(path: string, value?: number): Promise<void> {
  const pixels = Uint8Array.from({ length: 64 }, () => value ?? random.below(256))
  const raw = { width: 8, height: 8, channels: 1 } as const
  await sharp(pixels, { raw }).png().toFile(path)
}

beforeAll(async () => {
  for (const path of ['photos/train/cat', 'photos/train/dog', 'photos/test/cat', 'photos/test/dog'])
    mkdirSync(at(path), { recursive: true })
  for (let i = 0; i < 12; i++) {
    await picture(at('photos/train/cat', `${i}.png`), i === 0 ? 90 : undefined)
    await picture(at('photos/train/dog', `${i}.png`))
    await picture(at('photos/test', i % 2 ? 'cat' : 'dog', `${i}.png`))
  }
  const file = (path: string, from: string) => sharp(at(from)).toFile(at(path))
  await file('photos/train/cat/again.png', 'photos/train/cat/5.png')
  await file('photos/train/dog/cat.png', 'photos/train/cat/6.png')
  await file('photos/test/cat/leak.png', 'photos/train/cat/7.png')
  for (const name of ['broken', 'empty', 'text'])
    writeFileSync(at('photos/train/dog', `${name}.png`), name === 'empty' ? '' : `\x89PNG ${name}`)
  mkdirSync(at('sounds/a'), { recursive: true })
  mkdirSync(at('sounds/b'))
  for (let i = 0; i < 4; i++) {
    const wave = Float32Array.from({ length: 800 }, () => (i === 2 ? 0 : 0.2 * random.normal()))
    const sound = wavFile(wave, { channels: 1, sampleRate: 8000 })
    writeFileSync(at('sounds', i % 2 ? 'a' : 'b', `${i}.wav`), sound)
  }
  mkdirSync(at('points'))
  const label = (i: number) => (flipped.includes(i) ? 1 - (i % 2) : i % 2)
  const x = Float32Array.from(
    { length: count * 3 },
    (_, i) => 4 * (Math.floor(i / 3) % 2) + random.normal(),
  )
  writeNpy(at('points/x.npy'), [count, 3], x)
  writeNpy(
    at('points/y.npy'),
    [count],
    Uint8Array.from({ length: count }, (_, i) => label(i)),
  )
})

const check = (data: string, labelIssues = false) =>
  inspectData({ data: at(data), labelIssues, threads: 1 })

describe('data check', () => {
  it('against other data: samples and groups that are in both, of one shape', async () => {
    writeFileSync(at('one.csv'), 'a,y,who\n1,0,x\n2,1,y\n3,1,z\n')
    writeFileSync(at('two.csv'), 'a,y,who\n9,0,z\n2,1,y\n')
    const asked = { data: at('one.csv'), labelIssues: false, group: 'who' }
    const found = await inspectData({ ...asked, against: at('two.csv') })
    expect(found.splits.map(({ samples }) => samples)).toEqual([3, 2])
    expect(found.leaks).toMatchObject([
      { train: 'one.csv', test: 'two.csv', samples: { count: 1 }, groups: ['y', 'z'] },
    ])
    writeFileSync(at('wide.csv'), 'a,b,y,who\n9,1,0,z\n')
    await expect(inspectData({ ...asked, against: at('wide.csv') })).rejects.toThrow(
      /--against .*wide\.csv: expected samples \[1\] as in .*one\.csv, received "\[2\]"/,
    )
  })

  it('counts unreadable, equal, contradicting and constant pictures, and those in both splits', async () => {
    const found = await check('photos')
    const [train, test] = found.splits
    expect([train.split, test.split]).toEqual(['train', 'test'])
    expect(train).toMatchObject({ samples: 29, unreadable: { count: 3 }, constant: { count: 1 } })
    expect(train.duplicates).toMatchObject({ count: 2 })
    expect(train.conflicting).toMatchObject({
      count: 1,
      first: [['train/dog/cat.png', 'train/cat/6.png']],
    })
    expect(train.classes).toEqual([
      { name: 'cat', samples: 13 },
      { name: 'dog', samples: 16 },
    ])
    expect(found.leaks[0].samples).toEqual({
      count: 1,
      first: [['test/cat/leak.png', 'train/cat/7.png']],
    })
    expect(found.leaks[0].warnings[0]).toMatch(/1 of 13 samples.*too good/)
  })

  it('finds silence, and says why labels are not judged', async () => {
    const found = await check('sounds', true)
    expect(found.splits[0].silent).toEqual({ count: 1, first: ['b/2.wav'] })
    expect(found.labelsUnjudged).toMatch(/fewer than the 3 parts/)
  })

  it('finds labels that were turned round', async () => {
    const { labelIssues } = await check('points', true)
    const found = labelIssues!.issues.map(issue => Number(issue.sample))
    expect(labelIssues!.of).toBe(count)
    // Confident learning holds back where the network itself is unsure: most, and next to no other.
    expect(found.filter(sample => flipped.includes(sample)).length).toBeGreaterThanOrEqual(5)
    expect(found.filter(sample => !flipped.includes(sample)).length).toBeLessThanOrEqual(1)
    expect(labelIssues!.errorRate).toBeGreaterThan(0.015)
    expect(labelIssues!.errorRate).toBeLessThan(0.06)
    expect(labelIssues!.issues[0]).toMatchObject({ confidence: expect.any(Number) })
  })

  it('is a command: exit 3 on unreadable samples, 0 when they may be skipped', () => {
    const main = resolve(import.meta.dirname, '../../dist/cli/main.js')
    const temper = (...args: string[]) =>
      spawnSync(process.execPath, [main, 'data', 'check', ...args], { encoding: 'utf8' })
    const failed = temper(at('photos'), '--no-label-issues', '--json')
    expect(failed.status).toBe(3)
    const document: DataCheck = JSON.parse(failed.stdout)
    expect(document).toMatchObject({ schema: 'temper.data-check/1', seed: 0 })
    expect(document.splits[0].unreadable.count).toBe(3)
    const skipped = temper(at('photos'), '--no-label-issues', '--on-bad-sample', 'skip')
    expect(skipped.status).toBe(0)
    expect(skipped.stdout).toMatch(/3 of 29 samples cannot be read/)
    expect(skipped.stdout).toMatch(/test\/cat\/leak\.png is train\/cat\/7\.png/)
    const typo = temper(at('photos'), '--on-bad-sample', 'skipp')
    expect(typo.status).toBe(2)
    expect(typo.stderr).toMatch(/Allowed choices are fail, skip/)
  })
})
