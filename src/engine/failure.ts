import { ModelError } from '../base/index.js'

/** What the runtime said, made readable; `raw` keeps every character for the error's fields. */
export interface Reason {
  readonly reason: string
  readonly raw: string
  /** The operator that failed, where one did. */
  readonly op?: string
  /** Its node's name. */
  readonly node?: string
}

const noise: readonly [RegExp, string][] = [
  [/\[ONNXRuntimeError\]\s*:\s*\d+\s*:\s*[A-Z_]+\s*:\s*/g, ''],
  [/Non-zero status code returned while (?:running|initializing)[^.]*\.\s*/g, ''],
  [/Name:\s*'[^']*'\s*/g, ''],
  [/Status Message:\s*/g, ''],
  // A source position, the C++ signature and the failed condition, when a reason follows.
  [/\S+\.(?:cc|h|cpp|cu):\d+\s[\s\S]*? was false\.\s+(?=\S)/g, ''],
  // A source position and the C++ signature.
  [/\S+\.(?:cc|h|cpp|cu):\d+\s+[^\n]*?\)\s*(?:const\s+)?(?=\S)/g, ''],
  [/\S+\.(?:cc|h|cpp|cu):\d+\s*/g, ''],
  [/Please fix either the inputs\/outputs or the model\.?/g, ''],
  [/\s+/g, ' '],
]

/** The sentence inside a runtime message, without source positions, status codes and C++ names. */
export function plainReason(error: unknown): Reason {
  const raw = error instanceof Error ? error.message : String(error)
  const running = /while running (\S+) node\. Name:\s*'([^']*)'/.exec(raw)
  const reason = noise
    .reduce((text, [pattern, put]) => text.replace(pattern, put), raw)
    .trim()
    .replace(/[.:;,\s]+$/, '')
  return {
    reason: reason || 'the runtime gave no reason',
    raw,
    ...(running && { op: running[1], node: running[2] }),
  }
}

/** A failure while loading a model, as a ModelError. */
export function loadFailure(error: unknown): ModelError {
  if (error instanceof ModelError) return error
  const { reason, raw } = plainReason(error)
  const cause = /protobuf parsing failed|data pointer is null/i.test(raw)
    ? 'it is not a whole ONNX file. Check that it is a .onnx file and was copied completely'
    : /Unsupported data type/i.test(raw)
      ? 'an input or output has an element type that cannot be passed to it from Node'
      : reason
  return new ModelError(`model: the runtime cannot load it: ${cause}.`, { runtimeMessage: raw })
}

/** A failure while running a model, as a ModelError naming the node. */
export function runFailure(error: unknown): ModelError {
  if (error instanceof ModelError) return error
  const { reason, raw, op, node } = plainReason(error)
  const where = op ? ` at the node ${node ? `"${node}" ` : ''}(${op})` : ''
  return new ModelError(`model: running it failed${where}: ${reason}.`, {
    runtimeMessage: raw,
    ...(op && { op, node }),
  })
}
