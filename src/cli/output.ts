import pico from 'picocolors'

/** Where a command's words go: results to stdout, everything else to stderr. */
export interface Output {
  readonly json: boolean
  /** A line of the result; silent under `--json`, where the document is the result. */
  print(text?: string): void
  /** A remark beside the result; silent under `--quiet`. */
  note(text: string): void
  /** What went wrong, on stderr whatever was asked for. */
  complain(text: string): void
  /** The one JSON document of `--json`. */
  document(value: unknown): void
  /** Rewrites one line on a terminal; elsewhere prints it only when `milestone` says so. */
  progress(text: string, milestone?: boolean): void
  /** Ends a progress line. */
  settle(): void
}

export const color = pico

export function openOutput({ json = false, quiet = false }): Output {
  const terminal = process.stderr.isTTY === true && !process.env.CI
  let live = false
  const settle = () => {
    if (live) process.stderr.write('\n')
    live = false
  }
  const complain = (text: string) => {
    settle()
    process.stderr.write(`${text}\n`)
  }
  const note = (text: string) => {
    if (!quiet) complain(text)
  }
  return {
    json,
    print(text = '') {
      if (json) return
      settle()
      process.stdout.write(`${text}\n`)
    },
    note,
    complain,
    document(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    },
    progress(text, milestone = false) {
      if (quiet) return
      if (!terminal) {
        if (milestone) note(text)
        return
      }
      // A terminal that does not know its width says 0.
      const width = (process.stderr.columns || 80) - 1
      process.stderr.write(`\r\x1b[2K${text.slice(0, width)}`)
      live = true
    },
    settle,
  }
}
