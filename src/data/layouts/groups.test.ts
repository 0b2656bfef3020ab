import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Dataset, findLeaks, openData } from '../index.js'

const golden = resolve(import.meta.dirname, '../../../test/golden/data')
let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'temper-groups-'))
  vi.stubEnv('XDG_CACHE_HOME', root)
  for (const name of ['a.png', 'b.png', 'c.png'])
    copyFileSync(join(golden, 'images/colour.png'), join(root, name))
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true })
})

const table = (name: string, content: string) => {
  writeFileSync(join(root, name), content)
  return join(root, name)
}
const groups = ({ length, group }: Dataset) => Array.from({ length }, (_, i) => group!(i))

describe('a group column', () => {
  it('of a table of numbers is no feature; the label stays the last of the others', async () => {
    const path = table('patients.csv', 'a,b,ill,patient\n1,2,0,p1\n3,4,1,p2\n5,6,0,p1\n')
    const data = await openData(path, { group: 'patient' })
    expect(data.detected).toBe(
      'patients.csv: 3 rows of 2 numbers, label column "ill", 2 groups in column "patient".',
    )
    expect(groups(data)).toEqual(['p1', 'p2', 'p1'])
    expect(Array.from(data.labels!)).toEqual([0, 1, 0])
    const asNumbers = await openData(table('n.csv', 'who,a,y\n7,2,0\n8,4,1\n'), { group: 'who' })
    expect(groups(asNumbers)).toEqual(['7', '8'])
    expect(asNumbers.shape).toEqual([1])
  })

  it('of a table of paths, and of metadata.csv', async () => {
    const content = 'file_name,who,label\na.png,ann,yes\nb.png,ben,no\nc.png,ann,no\n'
    const paths = await openData(table('files.csv', content), { group: 'who' })
    expect(groups(paths)).toEqual(['ann', 'ben', 'ann'])
    expect(paths.classes).toEqual(['no', 'yes'])
    const folder = join(root, 'hugging')
    mkdirSync(folder)
    for (const name of ['a.png', 'b.png', 'c.png'])
      copyFileSync(join(root, name), join(folder, name))
    writeFileSync(
      join(folder, 'metadata.jsonl'),
      '{"file_name":"a.png","who":1,"mood":"x"}\n{"file_name":"b.png","who":2,"mood":"y"}\n',
    )
    const hugging = await openData(folder, { group: 'who' })
    expect(groups(hugging)).toEqual(['1', '2'])
    expect(hugging.classes).toEqual(['x', 'y'])
  })

  it('of Parquet', async () => {
    const path = join(golden, 'parquet-snappy.parquet')
    const data = await openData(path, { group: 'species', label: 'count', task: 'regression' })
    expect(groups(data)).toEqual(['cat', 'dog', 'cat'])
    expect(data.shape).toEqual([2])
    expect(data.detected).toContain('2 groups in column "species"')
  })

  it('that is not there, empty, or the label too is refused', async () => {
    const path = table('odd.csv', 'a,b,who\n1,0,x\n2,1,\n')
    await expect(openData(path, { group: 'wo' })).rejects.toThrow(/--group: .*Did you mean who/)
    await expect(openData(path, { group: 'who' })).rejects.toThrow(
      /odd\.csv, line 3, column "who": expected a value, received "nothing"/,
    )
    await expect(openData(path, { group: 'who', label: 'who' })).rejects.toThrow(
      /--label: expected another column than the paths and the group/,
    )
    await expect(openData(join(golden, 'numpy/images.npz'), { group: 'speaker' })).rejects.toThrow(
      /--group: expected a column of a table/,
    )
    await expect(
      openData(join(golden, 'parquet-snappy.parquet'), { group: 'specie' }),
    ).rejects.toThrow(/--group: expected a column of parquet-snappy/)
  })

  it('that stands on both sides is counted as a leak', async () => {
    const options = { group: 'who' }
    const train = await openData(table('train.csv', 'a,y,who\n1,0,x\n2,1,y\n3,1,z\n'), options)
    const test = await openData(table('test.csv', 'a,y,who\n9,0,z\n2,1,y\n'), options)
    const leaks = await findLeaks(train, test)
    expect(leaks.groups).toEqual(['y', 'z'])
    expect(leaks.samples).toEqual({ count: 1, first: [['1', '1']] })
    expect(leaks.warnings).toEqual([
      '1 of 2 samples of test.csv are in train.csv too: figures on them are too good.',
      '2 groups (speakers) are in both train.csv and test.csv, y for one: figures do not tell how new ones fare. Split by group.',
    ])
  })
})
