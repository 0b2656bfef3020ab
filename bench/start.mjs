// How long a command takes to begin, on one thread: help, and a whole `temper eval` of a small trained
// model on 32 samples (two processes, the data set's hash), from the command to its last figure.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cell, median } from './table.mjs'

const temper = resolve(import.meta.dirname, '../dist/cli/main.js')

const recipe = {
  model: { network: 'cnn' },
  data: { train: 'fashion-mnist:test', validation: 0.1 },
  train: { epochs: 1, batch: 128 },
}

/** `node bench/start.mjs [--rounds 7]`, after `npm run build`: seconds by the clock and of processor time. */
async function main() {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } })
  const folder = mkdtempSync(join(tmpdir(), 'temper-start-'))
  const file = join(folder, 'recipe.yaml')
  writeFileSync(file, JSON.stringify(recipe))
  await timed([temper, 'train', file, '--out', join(folder, 'run'), '--quiet'])
  const model = join(folder, 'run/model.onnx')
  const evaluation = ['eval', model, '--data', 'fashion-mnist:test', '--first', '32']
  const commands = {
    'node alone': ['-e', '0'],
    'temper --help': [temper, '--help'],
    'temper eval': [temper, ...evaluation, '--threads', '1'],
  }
  const times = Object.fromEntries(Object.keys(commands).map(name => [name, []]))
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [name, args] of Object.entries(commands)) times[name].push(await timed(args))
  console.log(`load ${loadavg()[0].toFixed(1)}, others included; node ${process.versions.node}`)
  const heads = ['clock', 'least', 'processor', 'least']
  console.log(`${''.padEnd(15)}${heads.map(head => cell(head)).join('')}`)
  for (const [name, runs] of Object.entries(times)) {
    const cells = ['wall', 'cpu'].flatMap(key => {
      const all = runs.map(run => run[key])
      return [median(all), Math.min(...all)]
    })
    console.log(`${name.padEnd(15)}${cells.map(value => cell(value, 3)).join('')}`)
  }
  rmSync(folder, { recursive: true })
}

/** Seconds of one command and its children. */
function timed(args) {
  return new Promise((done, fail) => {
    const start = performance.now()
    const child = spawn('/usr/bin/env', ['time', '-f', '%U %S', process.execPath, ...args])
    let said = ''
    child.stdout.resume()
    child.stderr.on('data', text => {
      said += text
    })
    child.on('close', code => {
      const wall = (performance.now() - start) / 1e3
      if (code !== 0) return fail(new Error(`${args.join(' ')} ended with ${code}: ${said}`))
      const [user, system] = said.trim().split('\n').at(-1).split(' ').map(Number)
      done({ wall, cpu: user + system })
    })
  })
}

await main()
