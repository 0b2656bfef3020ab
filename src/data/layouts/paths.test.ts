import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DataError } from '../../base/index.js'
import { openData } from '../index.js'

const golden = resolve(import.meta.dirname, '../../../test/golden/data')
const root = mkdtempSync(join(tmpdir(), 'temper-paths-'))
const inside = join(root, 'set')
beforeAll(() => {
  mkdirSync(join(inside, 'a'), { recursive: true })
  mkdirSync(join(root, 'outside'))
  copyFileSync(join(golden, 'images/colour.png'), join(inside, 'a', 'good.png'))
  copyFileSync(join(golden, 'images/colour.png'), join(root, 'outside', 'secret.png'))
  symlinkSync(join(root, 'outside', 'secret.png'), join(inside, 'a', 'link.png'))
  symlinkSync(join(root, 'outside'), join(inside, 'folder'))
  symlinkSync(join(inside, 'a', 'loop.png'), join(inside, 'a', 'loop.png'))
  execFileSync('mkfifo', [join(inside, 'a', 'pipe.png')])
  linkSync(join(inside, 'a', 'good.png'), join(inside, 'a', 'same.png'))
})
afterAll(() => rmSync(root, { recursive: true }))

/** 300 ways to write a path that must not be followed. */
function hostilePaths(): string[] {
  const dots = [
    '..',
    '../..',
    './..',
    'a/..',
    'a/../..',
    'a/./../..',
    '...//..',
    '..;',
    '..%00',
    '.. ',
    ' ..',
  ]
  const separators = [
    '/',
    '\\',
    '//',
    '\\\\',
    '/./',
    '%2f',
    '%5c',
    '%252f',
    '%c0%af',
    '\u2215',
    '\uff0f',
  ]
  const climbs = dots.flatMap(up =>
    separators.flatMap(sep => [
      `${up}${sep}outside${sep}secret.png`,
      `a${sep}${up}${sep}etc${sep}passwd.png`,
    ]),
  )
  const roots = [
    '/',
    '//',
    '\\',
    '\\\\server\\share\\',
    '\\\\?\\C:\\',
    'C:',
    'C:/',
    'c:\\',
    'file://',
    'file:///',
    '~/',
    '~root/',
    '$HOME/',
    '%2f',
    '/proc/self/root/',
    '/dev/fd/',
  ]
  const absolute = roots.flatMap(head => [
    `${head}outside/secret.png`,
    `${head}${join(root, 'outside/secret.png')}`,
    `${head}etc/passwd.png`,
  ])
  const links = [
    'a/link.png',
    'folder/secret.png',
    'a/loop.png',
    'a/pipe.png',
    'a',
    'a/',
    'folder',
    '.',
    './',
    '',
  ]
  const control = Array.from(
    { length: 32 },
    (_, code) => `a/good.png${String.fromCharCode(code)}/../../outside/secret.png`,
  )
  const long = [10, 255, 256, 1023, 4095, 4096, 5000, 70_000].flatMap(n =>
    ['a'.repeat(n), 'a/'.repeat(n), '../'.repeat(n)].map(p => `${p}secret.png`),
  )
  const overlong = [
    '..\u0000',
    '\u202e../',
    '\ufeff../',
    '..\u00a0/',
    '\u2024\u2024/',
    '\uff0e\uff0e/',
    '.\u200b./',
  ].flatMap(p => [`${p}outside/secret.png`, `a/${p}../outside/secret.png`, `${p}${p}secret.png`])
  return [
    ...climbs,
    ...absolute,
    ...links,
    ...control,
    ...long,
    ...overlong,
    'NUL.png',
    'CON.png',
    'a/good.png:stream',
    'a//good.png',
    'a/./good.png',
    'A/../../outside/secret.png',
    'a\\good.png',
  ]
}

describe('paths in files never lead out of the folder', () => {
  const paths = hostilePaths()

  it('has 300 of them', () => expect(new Set(paths).size).toBeGreaterThanOrEqual(300))

  it.each(['metadata.jsonl', 'metadata.csv'])('%s', async name => {
    for (const path of paths) {
      const rows = [
        { file_name: 'a/good.png', label: 'x' },
        { file_name: path, label: 'y' },
      ]
      const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
      const content = name.endsWith('l')
        ? rows.map(row => JSON.stringify(row)).join('\n')
        : `file_name,label\n${rows.map(row => `${quote(row.file_name)},${row.label}`).join('\n')}\n`
      writeFileSync(join(inside, name), content)
      const read = openData(inside).then(dataset => dataset.read(1, new Float32Array(3 * 24 * 32)))
      await expect(read, JSON.stringify(path)).rejects.toBeInstanceOf(DataError)
    }
    rmSync(join(inside, name))
  })

  it('nor do links and pipes among the samples; a pipe is not waited for', async () => {
    const dataset = await openData(inside)
    expect(Array.from({ length: dataset.length }, (_, i) => dataset.identity(i))).toEqual([
      'a/good.png',
      'a/same.png',
    ])
    expect(readdirSync(join(inside, 'a')).length).toBe(5)
  })
})

it('a folder of links that lead outside is not called empty', async () => {
  const links = join(root, 'links')
  mkdirSync(join(links, 'a'), { recursive: true })
  symlinkSync(join(root, 'outside', 'secret.png'), join(links, 'a', 'linked.png'))
  await expect(openData(links)).rejects.toThrow(
    /holds only links that lead outside the folder \(linked.png\), which are not followed/,
  )
})
