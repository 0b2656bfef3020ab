import { arch, cpus, platform, totalmem } from 'node:os'
import type { CommandSpec } from '../command.js'
import { color } from '../output.js'
import { rooms } from '../rooms.js'
import { version } from '../version.js'

interface Finding {
  readonly name: string
  readonly value: string
  readonly good: boolean
  /** What is missing and how to get it. */
  readonly remedy?: string
}

export const doctor: CommandSpec = {
  name: 'doctor',
  summary: 'versions, devices, threads, SIMD; what is missing and how to get it',
  examples: ['temper doctor', 'temper doctor --json'],
  async run(_args, { output }) {
    const all = [...machine(), simd(), ...(await runtime()), await sharpImages()]
    for (const { name, value, good, remedy } of all) {
      output.print(`${good ? color.green('✓') : color.red('✗')} ${name.padEnd(12)} ${value}`)
      if (remedy) output.print(`  ${remedy}`)
    }
    output.document({ version, findings: all })
    return all.every(finding => finding.good) ? 0 : 1
  },
}

function machine(): Finding[] {
  const major = Number(process.versions.node.split('.')[0])
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`
  const processors = cpus()
  return [
    { name: 'temper', value: version, good: true },
    {
      name: 'node',
      value: `${process.versions.node} on ${platform()} ${arch()}`,
      good: major >= 20,
      ...(major < 20 && { remedy: 'Temper needs Node 20 or newer.' }),
    },
    {
      name: 'machine',
      value: `${processors.length} x ${processors[0]?.model ?? 'unknown'}, ${memory}`,
      good: true,
    },
  ]
}

/** A module of one function that returns a v128: it validates only where SIMD is there. */
const simdProbe = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
])

function simd(): Finding {
  const good = WebAssembly.validate(simdProbe)
  return {
    name: 'SIMD',
    value: good ? 'WebAssembly SIMD, 128 bits' : 'none',
    good,
    ...(!good && {
      remedy: 'This processor or Node lacks WebAssembly SIMD, which the noise kernels need.',
    }),
  }
}

async function runtime(): Promise<Finding[]> {
  try {
    const engine = await rooms.engine()
    const { runtime, threads, devices } = await engine.deviceInfo()
    const names = devices.filter(d => d.bundled).map(d => d.name)
    return [
      { name: 'runtime', value: `onnxruntime-node ${runtime}`, good: true },
      { name: 'threads', value: String(threads), good: true },
      { name: 'devices', value: names.join(', '), good: names.includes('cpu') },
    ]
  } catch (error) {
    return [
      { name: 'runtime', value: 'does not load', good: false, remedy: (error as Error).message },
    ]
  }
}

async function sharpImages(): Promise<Finding> {
  try {
    const { default: sharp } = await import('sharp')
    return { name: 'images', value: `sharp ${sharp.versions.sharp}`, good: true }
  } catch {
    return {
      name: 'images',
      value: 'sharp does not load',
      good: false,
      remedy: 'npm install sharp',
    }
  }
}
