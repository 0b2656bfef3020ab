/** A model on data, as work for other machines: known by content there, by name here. */
import { basename } from 'node:path'
import {
  modelPreprocess,
  type Preprocess,
  physicalOptions,
  readPreprocess,
} from '../../model/index.js'
import { contentHash, sha256File } from '../../record/index.js'
import { checkRedis, type QueueCarrier } from '../queue/index.js'
import { type FarOptions, openCarrier } from './carry.js'
import { type Fingerprint, fingerprint } from './find.js'

export interface FarSubject {
  readonly model: string
  readonly data: string
  readonly preprocessFile?: string
  /** How the data is opened: split, layout, label column, subset. */
  readonly options: Readonly<Record<string, unknown>>
  readonly onDone?: (done: number, of: number) => void
}

export interface Meeting {
  readonly carrier: QueueCarrier
  readonly content: Fingerprint
  /** What every part of the work is told. */
  readonly payload: Record<string, never>
}

/** Looks into the data, shows workers what they need, and lays the model out for them. */
export async function meet(
  { model, data, preprocessFile, options }: FarSubject,
  settings: { readonly seed: number; readonly suite?: string },
  far: FarOptions,
): Promise<Meeting> {
  await checkRedis(far.redis)
  const preprocess = preprocessFile === undefined ? ownOf(model) : readPreprocess(preprocessFile)
  const opening = plain({ preferSplit: 'test', ...physicalOptions(preprocess), ...options })
  const content = await fingerprint(data, opening, settings.suite)
  const { sha256 } = content
  const payload = plain({
    ...settings,
    options,
    preprocess,
    data: sha256,
    model: sha256File(model),
  })
  const needs = [{ name: data, options: opening, sha256 }]
  const carrier = await openCarrier(contentHash(payload), needs, far)
  await carrier.artefacts.keep(model)
  return { carrier, content, payload }
}

/** A document with the names that model and data have here. */
export function named<Card extends { model: { file: string }; data: { source: string } }>(
  card: Card,
  { model, data }: FarSubject,
): Card {
  const names = { model: { ...card.model, file: basename(model) } }
  return { ...card, ...names, data: { ...card.data, source: data } }
}

/** What the model, or a file beside it, says itself. */
function ownOf(model: string): Preprocess | undefined {
  const found = modelPreprocess(model)
  return found.source === undefined ? undefined : found.preprocess
}

/** What JSON keeps of it. */
const plain = (value: object) => JSON.parse(JSON.stringify(value))
