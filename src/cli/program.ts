import { Command, CommanderError, Option } from 'commander'
import { InternalError, TemperError, UsageError } from '../base/index.js'
import { type CommandSpec, type CommonOptions, type Context, wholeNumber } from './command.js'
import { commands } from './commands/index.js'
import { color, openOutput } from './output.js'
import { version } from './version.js'

/** Runs one command line and returns its exit code; nothing is thrown. */
export async function runCli(args: readonly string[]): Promise<number> {
  const outcome = { exitCode: 0 }
  const program = buildProgram(outcome)
  try {
    await program.parseAsync(args, { from: 'user' })
    return outcome.exitCode
  } catch (error) {
    return explain(error, args)
  }
}

function buildProgram(outcome: { exitCode: number }): Command {
  const program = new Command('temper')
    .description('Noise robustness for neural networks: measure it, train for it, report it.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .showHelpAfterError('(temper --help lists the commands)')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'temper: ')) })
    .exitOverride()
  for (const spec of commands) addCommand(program, spec, outcome)
  program.addHelpText(
    'after',
    `\nStart here:\n${commands
      .flatMap(c => c.examples.slice(0, 1))
      .map(line => `  $ ${line}`)
      .join('\n')}`,
  )
  return program
}

function addCommand(program: Command, spec: CommandSpec, outcome: { exitCode: number }): void {
  const [name, inner] = spec.name.split(' ')
  const parent = inner === undefined ? program : parentOf(program, name, spec)
  const command = parent
    .command(inner ?? name)
    .description(spec.summary)
    .exitOverride()
  for (const argument of spec.arguments ?? []) command.argument(argument.name, argument.summary)
  for (const option of spec.options ?? []) command.addOption(option)
  for (const option of commonOptions()) command.addOption(option)
  command
    .addHelpText('after', `\nExamples:\n${spec.examples.map(line => `  $ ${line}`).join('\n')}`)
    .showHelpAfterError(`(temper ${spec.name} --help shows its options)`)
  command.action(async (...received: unknown[]) => {
    const count = command.registeredArguments.length
    const options = command.opts<CommonOptions>()
    const context: Context = { options, output: openOutput(options) }
    outcome.exitCode = (await spec.run(received.slice(0, count) as string[], context)) ?? 0
  })
}

/** The command before a command of two words, made when the first of them is met. */
function parentOf(program: Command, name: string, { summary }: CommandSpec): Command {
  const known = program.commands.find(command => command.name() === name)
  if (known) return known
  const parent = program.command(name).description(summary).exitOverride()
  return parent.helpCommand(false).showHelpAfterError(`(temper ${name} --help lists its commands)`)
}

function commonOptions(): Option[] {
  return [
    new Option('--json', 'print one JSON document on stdout, everything else on stderr'),
    new Option('--quiet', 'print only results and errors'),
    new Option('--seed <n>', 'seed of every random choice').default(0).argParser(wholeNumber(0)),
    new Option('--threads <n>', 'threads of the runtime (default: all cores)').argParser(
      wholeNumber(1),
    ),
    new Option('--device <name>', 'where the runtime computes')
      .choices(['cpu', 'webgpu', 'cuda'])
      .default('cpu'),
  ]
}

/** Prints the error's sentence and gives its exit code. */
function explain(error: unknown, args: readonly string[]): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const known = error instanceof TemperError ? error : new InternalError(messageOf(error))
  process.stderr.write(`${color.red('temper:')} ${known.message}\n`)
  if (!(error instanceof TemperError) && error instanceof Error && process.env.TEMPER_DEBUG)
    process.stderr.write(`${error.stack}\n`)
  if (known instanceof UsageError && args[0] && !args[0].startsWith('-'))
    process.stderr.write(color.dim(`(temper ${args[0]} --help shows its options)\n`))
  return known.exitCode
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
