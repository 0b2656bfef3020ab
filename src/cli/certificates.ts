/** From certificates to one page. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { UsageError } from '../base/index.js'
import { distinctlyNamed } from './reporting.js'
import { rooms } from './rooms.js'

/** Whether a file says that it is a certificate; what it holds is checked when it is read. */
export function isCertificate(path: string): boolean {
  if (!existsSync(path) || statSync(path).isDirectory()) return false
  try {
    const { schema } = JSON.parse(readFileSync(path, 'utf8')) as { schema?: unknown }
    return String(schema).startsWith('temper.certificate/')
  } catch {
    return false
  }
}

/** Writes the page about certificates; their names. Throws UsageError where something else is among them. */
export async function reportCertificates(paths: readonly string[], out: string): Promise<string[]> {
  const { readDocument, writeFileAtomic } = await rooms.record()
  const { renderCertificates } = await rooms.report()
  const other = paths.find(path => !isCertificate(path))
  if (other !== undefined)
    throw new UsageError(
      `report: expected certificates alone, or runs and scorecards alone, received a certificate and "${other}".`,
    )
  const read = paths.map(path => {
    const certificate = readDocument(path, 'temper.certificate/1')
    return { name: basename(certificate.model.file), certificate }
  })
  const named = distinctlyNamed(read, paths)
  writeFileAtomic(resolve(out), renderCertificates(named))
  return named.map(({ name }) => name)
}
