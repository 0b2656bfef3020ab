import { floatsOf } from '../graph.js'
import { type InferRule, type InferRules, Site, show } from './site.js'

/** What a Resize node asks for, by axis of its input. */
export interface ResizePlan {
  output: number[]
  scales: number[]
  /** Crop box `start`, `end` by axis, of tf_crop_and_resize. */
  roi: number[] | undefined
}

const nonEmpty = (values: number[] | undefined) => (values?.length ? values : undefined)

/** Resize's output sizes and scales from `scales` or `sizes`, `axes` and keep_aspect_ratio_policy. */
export function resizePlan(site: Site): ResizePlan {
  const shape = site.shape(0)
  const axes = site.axes(site.ints('axes', [...shape.keys()]), shape.length)
  const roi = regionOf(site, axes, shape.length)
  const spread = (values: number[], otherwise: readonly number[]) => {
    if (values.length !== axes.length) site.fail(`${axes.length} sizes or scales`, show(values))
    return otherwise.map((value, axis) => values[axes.indexOf(axis)] ?? value)
  }
  const given = nonEmpty(site.numbers(2, 'scales'))
  if (given) {
    const scales = spread(
      given,
      shape.map(() => 1),
    )
    const span = (axis: number) => (roi ? roi[axis + shape.length] - roi[axis] : 1)
    // In single precision, as the scales are: 6 * 0.8333333 is 5.
    const output = shape.map((size, axis) =>
      Math.floor(Math.fround(size * span(axis) * scales[axis])),
    )
    return { output, scales, roi }
  }
  const asked = nonEmpty(site.numbers(3, 'sizes')) ?? site.fail('scales or sizes', 'neither')
  return fromSizes(site, shape, axes, spread(asked, shape), roi)
}

/** The crop box matters to tf_crop_and_resize alone. */
function regionOf(site: Site, axes: number[], rank: number): number[] | undefined {
  if (site.text('coordinate_transformation_mode', 'half_pixel') !== 'tf_crop_and_resize')
    return undefined
  const given = nonEmpty(site.numbers(1, 'roi')) ?? site.fail('a roi', 'none')
  if (given.length !== 2 * axes.length) site.fail(`${2 * axes.length} values in roi`, show(given))
  const roi = Array.from<unknown, number>({ length: 2 * rank }, (_, i) => (i < rank ? 0 : 1))
  for (const [i, axis] of axes.entries()) {
    roi[axis] = given[i]
    roi[axis + rank] = given[i + axes.length]
  }
  return roi
}

function fromSizes(
  site: Site,
  shape: readonly number[],
  axes: number[],
  sizes: number[],
  roi: number[] | undefined,
): ResizePlan {
  const policy = site.text('keep_aspect_ratio_policy', 'stretch')
  const ratios = axes.map(axis => sizes[axis] / shape[axis])
  if (policy === 'stretch')
    return { output: sizes, scales: shape.map((size, axis) => sizes[axis] / size), roi }
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios)
  const resized = (axis: number) => axes.includes(axis)
  return {
    output: shape.map((size, axis) => (resized(axis) ? Math.round(size * scale) : size)),
    scales: shape.map((_, axis) => (resized(axis) ? scale : 1)),
    roi,
  }
}

const resize: InferRule = site => [
  { dtype: site.dtype(0), shape: resizePlan(oldForm(site)).output },
]

/** Resize 10 and Upsample take the scales as input 1. */
function oldForm(site: Site): Site {
  if (site.count !== 2) return site
  const [x, scales] = site.node.inputs
  const node = { ...site.node, inputs: [x, '', scales] }
  return new Site(node, site.known)
}

const upsample: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const scales = site.numbers(1, 'scales') ?? floatsOf(site.node, 'scales', undefined)
  if (scales?.length !== shape.length) return site.fail(`${shape.length} scales`, `${scales}`)
  return [{ dtype, shape: shape.map((size, axis) => Math.floor(size * scales[axis])) }]
}

export const resizeRules: InferRules = { Resize: resize, Upsample: upsample }
