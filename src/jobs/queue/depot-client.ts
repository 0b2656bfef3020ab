import { openAsBlob } from 'node:fs'
import { ResumableError } from '../../base/index.js'
import type { Claim } from './ledger.js'
import type { Answer, Beat } from './messages.js'
import { derived, seal, type Topic } from './seal.js'
import type { ArtefactStore } from './store.js'

/** The worker's side of the depot's door. */
export class DepotClient {
  private readonly authorization: string

  constructor(
    private readonly key: string,
    /** May change: a coordinator that went on can have another address. */
    public url: string,
  ) {
    this.authorization = `Bearer ${derived(key, 'depot')}`
  }

  /** Whether the coordinator wants this order done here. */
  async claim(claim: Claim): Promise<boolean> {
    return (await this.say('claims', 'claim', claim)).ok
  }

  /** Orders to let go of. */
  async beat(beat: Beat): Promise<string[]> {
    const response = await this.say('beats', 'beat', beat)
    const { unwanted } = response.ok ? await response.json() : {}
    return Array.isArray(unwanted) ? unwanted : []
  }

  /** Whether the answer counts. */
  async answer(answer: Answer): Promise<boolean> {
    return (await this.say('answers', 'answer', answer)).ok
  }

  /** Brings an artefact into `store`, its hash checked, and gives its path. */
  async fetch(sha256: string, store: ArtefactStore): Promise<string> {
    if (!store.has(sha256)) {
      const response = await this.ask(`artefacts/${sha256}`, {})
      if (!response.ok || !response.body)
        throw new ResumableError(`depot: the artefact ${sha256} did not come (${response.status}).`)
      await store.take(sha256, response.body)
    }
    return store.pathOf(sha256)
  }

  /** Sends an artefact to the coordinator. */
  async keep(sha256: string, path: string): Promise<void> {
    const body = await openAsBlob(path)
    const response = await this.ask(`artefacts/${sha256}`, { method: 'PUT', body })
    if (!response.ok)
      throw new ResumableError(`depot: the artefact ${sha256} was not taken (${response.status}).`)
  }

  private say(path: string, topic: Topic, message: unknown): Promise<Response> {
    const body = JSON.stringify(seal(this.key, topic, message))
    return this.ask(path, { method: 'POST', body })
  }

  private async ask(path: string, init: RequestInit): Promise<Response> {
    const headers = { authorization: this.authorization }
    const signal = AbortSignal.timeout(60_000)
    try {
      return await fetch(`${this.url}/${path}`, { ...init, headers, signal, redirect: 'error' })
    } catch (error) {
      throw new ResumableError(`depot: ${this.url} does not answer: ${String(error)}.`)
    }
  }
}
