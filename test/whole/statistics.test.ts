import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { train } from '../../src/index.js'
import { openModel } from '../../src/model/index.js'
import { readEvents } from '../../src/record/index.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-statistics-'))
afterAll(() => rmSync(folder, { recursive: true }))

const data = { train: 'mnist:train', validation: 0.2, limit: 200 }
const monitor = { samples: 40 }

async function statisticsOf(file: string): Promise<number[]> {
  const { parameters } = await openModel(file)
  return parameters.filter(p => p.role === 'statistic').flatMap(p => [...p.value.data])
}

describe('running statistics of batch normalisation', () => {
  it('stay frozen in fine-tuning, and are taken anew at the end where they do better', async () => {
    const given = join(folder, 'given')
    const first = { model: { network: 'resnet8' }, data, train: { epochs: 1, batch: 16 }, monitor }
    const { model } = await train({ recipe: first, out: given, threads: 1 })
    const tune = (reestimateStatistics: boolean) => ({
      model: { file: model },
      data,
      monitor,
      noise: [{ at: 'input', kind: 'gaussian', sigma: 0.3 }],
      train: { epochs: 1, batch: 16, reestimateStatistics },
      optimizer: { learningRate: 3e-3 },
    })
    const frozen = await train({ recipe: tune(false), out: join(folder, 'frozen'), threads: 1 })
    expect(await statisticsOf(frozen.model!)).toEqual(await statisticsOf(model!))
    const out = join(folder, 'anew')
    const anew = await train({ recipe: tune(true), out, threads: 1 })
    const { events } = readEvents(join(out, 'events.jsonl'))
    const reasons = events.flatMap(e => (e.type === 'note' ? [String(e.reason)] : []))
    const note = reasons.find(reason => /taken anew on clean batches/.test(reason))
    expect(note, reasons.join(' | ')).toBeDefined()
    const kept = /batches and kept/.test(String(note))
    const [after, before] = [await statisticsOf(anew.model!), await statisticsOf(model!)]
    if (kept) expect(after).not.toEqual(before)
    else expect(after).toEqual(before)
    expect(after.every(Number.isFinite)).toBe(true)
  })
})
