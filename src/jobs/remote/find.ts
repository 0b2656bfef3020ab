import type { DataNeed } from '../queue/index.js'
import { runJob } from '../run.js'

/** What is in some DATA. */
export interface Fingerprint {
  readonly sha256: string
  readonly samples: number
  /** Conditions of the suite on it. */
  readonly conditions: number
}

/** Looks into DATA in a child; throws DataError where it cannot be read. */
export function fingerprint(
  data: string,
  options: DataNeed['options'],
  suite?: string,
): Promise<Fingerprint> {
  return runJob<Fingerprint>('fingerprint', { data, options, suite })
}

/** Names of data sets that come with a package, with a split; nothing that could be a path. */
const packageName = /^[a-z0-9-]+(:[a-z]+)?$/

/**
 * Finds what a study needs among the DATA named here and the packages installed here, by content:
 * a name alone proves nothing.
 */
export async function findData(
  needs: readonly DataNeed[],
  here: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const { name, options, sha256 } of needs)
    for (const data of packageName.test(name) ? [name, ...here] : here) {
      if (found.has(sha256)) break
      const content = await fingerprint(data, options).catch(() => undefined)
      if (content?.sha256 === sha256) found.set(sha256, data)
    }
  return found
}
