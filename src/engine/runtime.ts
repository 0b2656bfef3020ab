import { availableParallelism } from 'node:os'
import { expected, ModelError, UsageError } from '../base/index.js'
import { plainReason } from './failure.js'

/** Where a session runs. */
export const devices = ['cpu', 'webgpu', 'cuda'] as const
export type Device = (typeof devices)[number]

export type Runtime = typeof import('onnxruntime-node')

export interface DeviceInfo {
  readonly runtime: string
  /** Logical processors this process may use: the default of `threads`. */
  readonly threads: number
  /** Each device, and whether this platform's runtime package has it inside. */
  readonly devices: readonly { readonly name: Device; readonly bundled: boolean }[]
}

let loading: Promise<Runtime> | undefined

/**
 * The runtime, loaded on first use (it is large, and its native part is missing on some platforms).
 * It logs nothing: what matters reaches the caller as an error.
 */
export function loadRuntime(): Promise<Runtime> {
  loading ??= import('onnxruntime-node').then(
    module => {
      const runtime = ((module as { default?: Runtime }).default ?? module) as Runtime
      runtime.env.logLevel = 'fatal'
      return runtime
    },
    (error: unknown) => {
      loading = undefined
      throw new ModelError(
        `engine: onnxruntime-node does not load on ${process.platform}/${process.arch}. ` +
          'It ships for Linux with glibc (x64, arm64), Windows (x64, arm64) and macOS (arm64).',
        { runtimeMessage: plainReason(error).raw },
      )
    },
  )
  return loading
}

/** The runtime's version, part of every cached verdict on a model. */
export async function runtimeVersion(): Promise<string> {
  const runtime = await loadRuntime()
  return runtime.env.versions.node ?? runtime.env.versions.common
}

/** Threads a session uses when none are asked for. */
export function threadsAvailable(): number {
  return availableParallelism()
}

/** What there is to run on, for `temper doctor` and for errors about a missing device. */
export async function deviceInfo(): Promise<DeviceInfo> {
  const runtime = await loadRuntime()
  const bundled = new Set(
    runtime
      .listSupportedBackends()
      .filter(backend => backend.bundled)
      .map(backend => backend.name),
  )
  return {
    runtime: await runtimeVersion(),
    threads: threadsAvailable(),
    devices: devices.map(name => ({ name, bundled: bundled.has(name) })),
  }
}

/** A name from outside as a device; throws UsageError listing what there is. */
export function checkDevice(name: string): Device {
  const device = devices.find(known => known === name)
  if (!device) throw new UsageError(expected('device', `one of ${devices.join(', ')}`, name))
  return device
}

/** A thread count from outside; throws UsageError unless it is a whole number from 1 to 1024. */
export function checkThreads(threads: number): number {
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024)
    throw new UsageError(expected('threads', 'a whole number from 1 to 1024', threads))
  return threads
}

/** The error for a device that is known but cannot be used here; nothing falls back silently. */
export async function unavailable(device: Device, cause: unknown): Promise<ModelError> {
  const info = await deviceInfo()
  const there = info.devices.filter(d => d.bundled && d.name !== device).map(d => d.name)
  const { reason, raw } = plainReason(cause)
  return new ModelError(
    `engine: the device ${device} cannot be used here (${reason}). ` +
      `This runtime (onnxruntime-node ${info.runtime}) offers ${there.join(', ') || 'nothing else'}; ` +
      'choose one with --device.',
    { device, available: there, runtimeMessage: raw },
  )
}
