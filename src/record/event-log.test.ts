import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { EventLog, EventTail, metricsCsv, type NewEvent, parseEvents, readEvents } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-events-'))
const path = join(folder, 'events.jsonl')
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => writeFileSync(path, ''))

function write(...events: NewEvent[]): void {
  let time = 0
  const log = new EventLog(path, { now: () => ++time })
  for (const event of events) log.append(event)
  log.close()
}
const epoch = (epoch: number, step: number): NewEvent => ({
  type: 'epoch',
  epoch,
  step,
  loss: 1 / epoch,
  learningRate: 0.1,
})

describe('the event log', () => {
  it('writes one event a line, type and time first', () => {
    write({ type: 'start' }, epoch(1, 10))
    expect(readFileSync(path, 'utf8')).toBe(
      '{"type":"start","time":1}\n{"type":"epoch","time":2,"epoch":1,"step":10,"loss":1,"learningRate":0.1}\n',
    )
    expect(readEvents(path).events.map(event => event.type)).toEqual(['start', 'epoch'])
  })

  it('writes NaN as null, never as a number', () => {
    write({ type: 'epoch', epoch: 1, loss: Number.NaN, learningRate: 0.1 })
    expect(readEvents(path).events[0]).toMatchObject({ loss: null })
  })

  it('goes on after a line that a crash cut short, and names the line', () => {
    write({ type: 'start' })
    appendFileSync(path, '{"type":"epo')
    write(epoch(1, 10))
    const { events, skipped } = readEvents(path)
    expect(events.map(event => event.type)).toEqual(['start', 'epoch'])
    expect(skipped).toEqual([2])
  })

  it('skips what it does not know or what lacks the fields readers rely on', () => {
    const text =
      '{"type":"novel","time":1}\n{"type":"epoch","time":2}\n[]\n{"type":"toString","time":1}\n'
    expect(parseEvents(text)).toEqual({ events: [], skipped: [1, 2, 3, 4] })
  })

  it('drops what a resume replaces: all after its checkpoint, though the step is the same', () => {
    write(
      epoch(1, 10),
      { type: 'checkpoint', step: 10 },
      { type: 'adjust', step: 10, noise: 'a', gain: 0.5, hold: 0, reason: 'r' },
      epoch(2, 20),
      { type: 'resumed', fromStep: 10 },
      epoch(2, 20),
    )
    expect(readEvents(path).events.map(event => event.type)).toEqual([
      'epoch',
      'checkpoint',
      'resumed',
      'epoch',
    ])
  })

  it('drops later steps where the checkpoint left no event', () => {
    write(
      epoch(1, 10),
      epoch(2, 20),
      { type: 'resumed', fromStep: 10 },
      epoch(2, 20),
      { type: 'checkpoint', step: 20 },
      epoch(3, 30),
      { type: 'resumed', fromStep: 20 },
    )
    expect(readEvents(path).events.map(event => event.step ?? event.fromStep)).toEqual([
      10, 10, 20, 20, 20,
    ])
  })

  it('says when there is no log', () => {
    expect(() => readEvents(join(folder, 'none.jsonl'))).toThrow('Is this a run folder?')
  })
})

describe('following a log', () => {
  it('reads on where it stopped, half lines and split letters waited for', () => {
    write({ type: 'start' })
    const tail = new EventTail(path)
    expect([tail.poll(), tail.poll()]).toEqual([true, false])
    const line = Buffer.from(
      '{"type":"adjust","time":2,"noise":"ä","gain":1,"hold":0,"reason":"r"}\n',
    )
    const half = line.indexOf('ä') + 1
    appendFileSync(path, line.subarray(0, half))
    expect(tail.poll()).toBe(true)
    expect(tail.events).toHaveLength(1)
    appendFileSync(path, line.subarray(half))
    tail.poll()
    expect(tail.events[1]).toMatchObject({ noise: 'ä' })
  })

  it('drops what a resume replaced, and begins anew with a shorter log', () => {
    write(epoch(1, 10), { type: 'checkpoint', step: 10 }, epoch(2, 20))
    const tail = new EventTail(path)
    tail.poll()
    write({ type: 'resumed', fromStep: 10 })
    tail.poll()
    expect(tail.events.map(event => event.type)).toEqual(['epoch', 'checkpoint', 'resumed'])
    writeFileSync(path, '')
    tail.poll()
    expect(tail.events).toEqual([])
  })
})

describe('metrics.csv', () => {
  it('has a row for each epoch and check, and no formula', () => {
    write(epoch(1, 10), {
      type: 'check',
      step: 10,
      clean: { accuracy: 0.9, accuracyInterval: [0.8, 1] },
      noisy: { accuracy: 0.7 },
      noisyLoss: 1,
      cleanLoss: 0.5,
      levels: { '=gaussian, input': 0.2 },
    })
    expect(metricsCsv(readEvents(path).events)).toBe(
      [
        `type,time,step,epoch,loss,learningRate,noisyLoss,cleanLoss,clean.accuracy,noisy.accuracy,"level.=gaussian, input"`,
        'epoch,1,10,1,1,0.1,,,,,',
        'check,2,10,,,,1,0.5,0.9,0.7,0.2',
        '',
      ].join('\n'),
    )
  })
})
