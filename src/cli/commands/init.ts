import { existsSync, writeFileSync } from 'node:fs'
import { Option } from 'commander'
import { UsageError } from '../../base/index.js'
import type { Dataset } from '../../data/index.js'
import type { PresetFill, PresetName } from '../../recipe/index.js'
import type { CommandSpec } from '../command.js'
import { superviseJob } from '../job.js'
import { rooms } from '../rooms.js'

type Facts = Pick<Dataset, 'kind' | 'shape' | 'sampleRate' | 'split' | 'splits' | 'detected'>

export const init: CommandSpec = {
  name: 'init',
  summary: 'write a commented recipe to start from, for temper train',
  options: [
    new Option(
      '--preset <name>',
      'one of `temper list presets` (default: by the data, else image-small)',
    ),
    new Option('--data <data>', 'what to train on: it is looked at, and filled in'),
    new Option('--model <file>', 'an ONNX file to fine-tune (preset image-fine-tune)'),
    new Option('--out <file>', 'where the recipe goes').default('recipe.yaml'),
  ],
  examples: [
    'temper init --data photos/',
    'temper init --preset speech-commands --data speech_commands --out keywords.yaml',
  ],
  async run(_args, { options, output }) {
    const { preset, data, model } = options as { preset?: string; data?: string; model?: string }
    const out = options.out as string
    if (existsSync(out))
      throw new UsageError(
        `--out: "${out}" is there already, and is not overwritten. Name another file, or remove it.`,
      )
    const { presetRecipe } = await rooms.recipe()
    let facts: Facts | undefined
    if (data !== undefined) {
      const outcome = await superviseJob<Facts, never>('describe', { data }, output, () => {})
      if (!outcome.ended) return outcome.exitCode
      facts = outcome.result
      output.note(facts.detected)
    }
    const name = preset ?? presetFor(facts, model)
    if (model !== undefined && name !== 'image-fine-tune')
      throw new UsageError(`--model: it is for the preset image-fine-tune, and not for ${name}.`)
    const text = presetRecipe(name, { ...(model && { model }), ...fillOf(data, facts) })
    writeFileSync(out, text)
    output.print(
      `${out}: a recipe of the preset ${name}. Look through it, then: temper train ${out}`,
    )
    output.document({ file: out, preset: name })
    return 0
  },
}

function presetFor(facts: Facts | undefined, model: string | undefined): PresetName {
  if (model !== undefined) return 'image-fine-tune'
  if (facts?.kind === 'audio') return 'speech-commands'
  if (facts?.kind === 'vector') return facts.shape.length === 2 ? 'sensor-series' : 'tabular'
  return 'image-small'
}

function fillOf(data: string | undefined, facts: Facts | undefined): Partial<PresetFill> {
  if (data === undefined) return {}
  return { ...setsOf(data, facts!), ...(facts!.sampleRate && { sampleRate: facts!.sampleRate }) }
}

/** Its splits where it has them, else shares of it. */
function setsOf(data: string, { split, splits = [] }: Facts): Partial<PresetFill> {
  const named = (wanted: readonly string[]) => splits.find(name => wanted.includes(name))
  if (!splits.length || data.endsWith(`:${split}`))
    return { train: data, validation: 0.1, test: 0.1 }
  const train = named(['train', 'training']) ?? split!
  const validation = named(['validation', 'val', 'valid', 'dev'])
  const test = named(['test', 'testing'])
  return {
    train: `${data}:${train}`,
    validation: validation ? `${data}:${validation}` : 0.1,
    test: test ? `${data}:${test}` : 0.1,
  }
}
