import { createHash, randomUUID } from 'node:crypto'
import { copyFileSync, createReadStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../../base/index.js'
import { sha256File } from '../../record/index.js'

const form = /^[0-9a-f]{64}$/
/** Largest artefact, in bytes. */
const largest = 2 ** 31

/** Files by the SHA-256 of their content, in one folder; what has a name is whole. */
export class ArtefactStore {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true })
  }

  /** Where the artefact lies, or would; throws DataError for what is no hash. */
  pathOf(sha256: string): string {
    if (!form.test(sha256)) throw new DataError(`artefact: "${sha256.slice(0, 80)}" is no SHA-256.`)
    return join(this.folder, sha256)
  }

  has(sha256: string): boolean {
    return form.test(sha256) && existsSync(this.pathOf(sha256))
  }

  /** Keeps a copy of a file; its hash. */
  async keep(path: string): Promise<string> {
    const sha256 = await sha256File(path)
    if (this.has(sha256)) return sha256
    const aside = this.aside()
    copyFileSync(path, aside)
    renameSync(aside, this.pathOf(sha256))
    return sha256
  }

  /** Keeps what comes; throws DataError, keeping nothing, where it is too large or not `sha256`. */
  async take(sha256: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.pathOf(sha256)
    const aside = this.aside()
    try {
      const came = await writeHashed(aside, parts)
      if (came !== sha256)
        throw new DataError(`artefact: expected content with SHA-256 ${sha256}, received ${came}.`)
      renameSync(aside, path)
    } finally {
      rmSync(aside, { force: true })
    }
  }

  read(sha256: string): ReturnType<typeof createReadStream> {
    return createReadStream(this.pathOf(sha256))
  }

  private aside(): string {
    return join(this.folder, `.${randomUUID()}`)
  }
}

async function writeHashed(path: string, parts: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path, 'wx')
  let length = 0
  try {
    for await (const part of parts) {
      length += part.length
      if (length > largest)
        throw new DataError(`artefact: expected at most ${largest} bytes, received more.`)
      hash.update(part)
      await file.write(part)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}
