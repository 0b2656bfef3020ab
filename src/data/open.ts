import { DataError, didYouMean, expected } from '../base/index.js'
import type { Dataset } from './dataset.js'
import { openFashionMnist } from './fashion-mnist.js'
import { openMnist } from './mnist.js'
import type { DataOptions } from './options.js'
import { everyKth, first, limit } from './split.js'

type BuiltIn = (options: DataOptions) => Promise<Dataset>

/** Data sets known by name. */
export const builtIns: Record<string, BuiltIn> = {
  mnist: openMnist,
  'fashion-mnist': openFashionMnist,
}

/**
 * Opens a data set by name (`mnist`, `fashion-mnist:test`) or path. Throws DataError when it is
 * missing, damaged or of no known layout.
 */
export async function openData(spec: string, options: DataOptions = {}): Promise<Dataset> {
  const { name, split } = parseSpec(spec)
  const open = builtIns[name]
  if (!open)
    throw new DataError(
      expected(
        'data',
        `a name (${Object.keys(builtIns).join(', ')}) or a path`,
        spec,
        didYouMean(spec, Object.keys(builtIns)).trim(),
      ),
    )
  return choose(await open({ ...options, split: split ?? options.split }), options)
}

function parseSpec(spec: string): { name: string; split?: string } {
  const colon = spec.lastIndexOf(':')
  return colon > 0 ? { name: spec.slice(0, colon), split: spec.slice(colon + 1) } : { name: spec }
}

/** `skip`, then `first`, then `limit`. */
function choose(dataset: Dataset, options: DataOptions): Dataset {
  let chosen = dataset
  if (options.skip !== undefined) chosen = everyKth(chosen, options.skip)
  if (options.first !== undefined) chosen = first(chosen, options.first)
  if (options.limit !== undefined) chosen = limit(chosen, options.limit, options.seed ?? 0)
  return chosen
}
