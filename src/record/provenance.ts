import { createRequire } from 'node:module'
import { arch, cpus, platform, release, totalmem } from 'node:os'

/** The machine a result came from. */
export interface Machine {
  /** Processor model, as the system names it. */
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly architecture: string
  readonly system: string
}

export function machine(): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    architecture: arch(),
    system: `${platform()} ${release()}`,
  }
}

const require = createRequire(import.meta.url)

/** This package's version. */
export const temperVersion: string = require('../../package.json').version

/** Temper's, Node's and the named packages' versions; a package that is not installed is left out. */
export function versions(...packages: readonly string[]): Record<string, string> {
  const found = packages.flatMap(name => {
    const version = packageVersion(name)
    return version ? [[name, version]] : []
  })
  return { temper: temperVersion, node: process.versions.node, ...Object.fromEntries(found) }
}

function packageVersion(name: string): string | undefined {
  try {
    return require(`${name}/package.json`).version
  } catch {
    return undefined
  }
}
