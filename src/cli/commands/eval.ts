import { resolve } from 'node:path'
import { Option } from 'commander'
import { expected, UsageError } from '../../base/index.js'
import type { MeasuredEvent, SampleScores, SamplesEvent } from '../../evaluate/index.js'
import type { FarEvaluateOptions } from '../../jobs/index.js'
import type { Scorecard } from '../../record/index.js'
import { printAskedMeasures } from '../asked-measures.js'
import {
  type CommandSpec,
  type Context,
  dataOptions,
  numberWithin,
  valueOptions,
  wholeNumber,
} from '../command.js'
import { farFlags, farOptions, workFolder } from '../far.js'
import { applyGates, judgeAll, readGate } from '../gates.js'
import { type JobOutcome, superviseJob } from '../job.js'
import { junitXml, writeStepSummary } from '../junit.js'
import { showMeasuring } from '../progress.js'
import { stripOf, writeReport } from '../reporting.js'
import { rooms } from '../rooms.js'
import { printScorecard } from '../scorecard.js'
import { untilStopped } from '../signals.js'

export const evalCommand: CommandSpec = {
  name: 'eval',
  summary: 'measure how a model holds up under noise; no training',
  arguments: [{ name: '<model>', summary: 'an ONNX file' }],
  options: [
    ...dataOptions(),
    new Option('--suite <names>', 'one of `temper list suites`, or several joined by commas'),
    ...valueOptions(),
    new Option('--metrics <names>', 'more measures by name, joined by commas, or all').argParser(
      text => text.split(',').map(name => name.trim()),
    ),
    new Option(
      '--baseline <name>',
      'what corruption errors are divided by: alexnet, or a scorecard file',
    ),
    new Option('--conformal <data>', 'held-out DATA: adds prediction sets (THR, APS, RAPS)'),
    new Option('--coverage <share>', 'how often a prediction set is to hold the right class')
      .argParser(numberWithin(0.001, 0.999))
      .default(0.9),
    new Option(
      '--flip-level <noise>',
      'for each sample, the smallest level of this noise that changes its answer',
    ),
    new Option('--no-keep', 'do not keep corrupted images on disk for the next time'),
    new Option('--ood <data>', 'DATA the model does not know, to be told from what it knows'),
    new Option(
      '--monte-carlo <passes>',
      'averages passes with noise on activations left on, and says how they differ',
    ).argParser(wholeNumber(2)),
    new Option(
      '--monte-carlo-noise <noise>',
      'that noise, as a recipe says it: "{ kind: dropout, rate: 0.2, match: Relu }" (default: the model\'s own Dropout nodes, else dropout 0.1)',
    ),
    new Option(
      '--ensemble <files...>',
      'further models whose mean with this one is measured: files, runs/NAME, or runs/NAME/checkpoints/step-...',
    ),
    new Option('--per-layer', 'noises one weight tensor at a time and ranks them'),
    new Option('--max-drop <share>', 'the clean score that tolerated noise on weights may cost')
      .argParser(numberWithin(0, 1))
      .default(0.01),
    new Option('--out <file>', 'write the scorecard (JSON)'),
    new Option('--report <file>', 'write a report (HTML)'),
    new Option('--fail-under <metric=value>', 'exit 4 when a measure misses it; may be repeated')
      .argParser(readGate)
      .default([], 'none'),
    new Option('--junit <file>', 'write the gates as JUnit XML'),
    new Option('--strict', 'with --fail-under: fail too when the interval cannot tell'),
    ...farFlags(),
  ],
  examples: [
    'temper eval model.onnx --data fashion-mnist:test',
    'temper eval model.onnx --data photos/ --suite gaussian,weights --report report.html',
    'temper eval model.onnx --data mnist:test --fail-under cleanAccuracy=0.98 --json',
    'temper eval model.onnx --data mnist:test --suite weights --per-layer --report report.html',
    'temper eval model.onnx --data mnist:test --monte-carlo 16',
  ],
  async run([model], context) {
    const { options, output } = context
    const { data, suite, preprocess, format, label, group, limit, first, skip } = options
    const { seed, threads, device } = options
    const { metrics, baseline, conformal, coverage, ood, ensemble, perLayer, maxDrop } = options
    const { flipLevel, keep } = options
    const together = { ensemble, monteCarlo: await monteCarloOf(options) }
    const beside = {
      ...{ metrics, baseline, conformal, coverage, ood, perLayer, maxDrop, flipLevel, keep },
      ...together,
    }
    const asked = { data, suite, format, label, group, limit, first, skip, seed, threads, device }
    const payload = {
      ...asked,
      model,
      output: options.output,
      bind: options.input,
      preprocessFile: preprocess,
    }
    const evaluating = options.redis === undefined ? evaluateHere : evaluateElsewhere
    const outcome = await evaluating({ ...payload, ...beside }, context)
    if (!outcome.ended) return outcome.exitCode
    const { scorecard, scores } = outcome.result
    if (options.out) {
      const record = await rooms.record()
      const out = resolve(options.out as string)
      const { encodeScores, scoresBeside } = await rooms.evaluate()
      record.writeDocument(out, scorecard)
      if (scores) record.writeFileAtomic(scoresBeside(out), encodeScores(scores))
    }
    if (options.report) {
      const models = [{ name: scorecard.model.file, model }]
      const strip = await stripOf({ ...payload, models }, context)
      await writeReport(
        [{ name: scorecard.model.file, scorecard }],
        options.report as string,
        strip,
      )
    }
    printScorecard(output, scorecard)
    if (metrics) printAskedMeasures(output, scorecard, metrics as string[])
    output.document(scorecard)
    const strict = !!options.strict
    const judged = judgeAll(options.failUnder as never, scorecard)
    writeStepSummary(scorecard, judged)
    if (options.junit) {
      const { writeFileAtomic } = await rooms.record()
      writeFileAtomic(resolve(options.junit as string), junitXml(scorecard, judged, strict))
    }
    return applyGates(judged, { strict, output })
  },
}

/** What `--monte-carlo` and `--monte-carlo-noise` say together. */
async function monteCarloOf({ monteCarlo: passes, monteCarloNoise: text }: Context['options']) {
  if (text === undefined) return passes === undefined ? undefined : { passes }
  if (passes === undefined)
    throw new UsageError('--monte-carlo-noise: say how many passes with --monte-carlo.')
  const noise: unknown = await readYaml(String(text))
  if (typeof noise !== 'object' || noise === null || !('kind' in noise))
    throw new UsageError(
      expected('--monte-carlo-noise', '"{ kind: dropout, rate: 0.2, match: Relu }"', text),
    )
  return { passes, noise }
}

async function readYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml')
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

interface Evaluated {
  readonly scorecard: Scorecard
  readonly scores?: SampleScores
}

async function evaluateHere(
  payload: Readonly<Record<string, unknown>>,
  { output }: Context,
): Promise<JobOutcome<Evaluated>> {
  let scores: SampleScores | undefined
  const show = showMeasuring(output)
  const onEvent = (event: MeasuredEvent | SamplesEvent) => {
    if (event.type === 'samples') scores = event.scores
    else show({ ...event })
  }
  const outcome = await superviseJob<Scorecard, MeasuredEvent | SamplesEvent>(
    'evaluate',
    payload,
    output,
    onEvent,
  )
  return outcome.ended ? { ended: true, result: { scorecard: outcome.result, scores } } : outcome
}

async function evaluateElsewhere(
  payload: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<JobOutcome<Evaluated>> {
  const { output, options } = context
  const { format, label, group, limit, first, skip, seed, ...rest } = payload
  const { conformal, ood, flipLevel, keep, ...asked } = rest
  for (const [flag, value] of Object.entries({
    '--monte-carlo': asked.monteCarlo,
    '--ensemble': asked.ensemble,
    '--per-layer': asked.perLayer,
  }))
    if (value !== undefined)
      throw new UsageError(`--redis: ${flag} is measured on one machine. Leave one of them out.`)
  if (conformal !== undefined || ood !== undefined || flipLevel !== undefined)
    throw new UsageError(
      '--redis: --conformal, --ood and --flip-level are done here alone. Leave them or --redis out.',
    )
  const { evaluateFar } = await rooms.elsewhere()
  const far = await farOptions(context, workFolder(options.out))
  const onDone = (done: number, of: number) => output.progress(`eval  ${done}/${of} parts`, true)
  const given = {
    ...asked,
    seed,
    options: { format, label, group, limit, first, skip, seed },
    onDone,
  }
  return untilStopped(output, 'stopping: what came is kept', ({ signal }) =>
    evaluateFar(given as unknown as FarEvaluateOptions, { ...far, signal }),
  )
}
