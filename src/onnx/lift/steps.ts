import { int, intOf, type Node, text, textOf } from '../graph.js'
import { type LiftSite, make, refusal, setInput, take, takeInts, takeNumber } from './site.js'

/**
 * Rewrites a node from the version before into this one: changes it in place, and gives back the
 * nodes that take its place when it does not stand alone.
 */
export type Step = (node: Node, site: LiftSite) => readonly Node[] | undefined

/** An attribute of integers becomes a constant input. */
const intsToInput =
  (attribute: string, index: number): Step =>
  (node, site) => {
    const values = takeInts(node, attribute)
    if (values?.length) setInput(node, index, site.ints(`${node.outputs[0]}.${attribute}`, values))
    return undefined
  }

/** 6 to 11: bounds become inputs, of the element type of the data. */
const clip: Step = (node, site) => {
  const before: Node[] = []
  for (const [index, bound] of [
    [1, 'min'],
    [2, 'max'],
  ] as const) {
    const value = takeNumber(node, bound)
    if (value === undefined) continue
    const scalar = site.scalarLike(`${node.outputs[0]}.${bound}`, value, node.inputs[0])
    before.push(...scalar.nodes)
    setInput(node, index, scalar.name)
  }
  return [...before, node]
}

/** 2 to 11: pads and the constant value become inputs. */
const pad: Step = (node, site) => {
  intsToInput('pads', 1)(node, site)
  const value = takeNumber(node, 'value')
  if (!value) return undefined
  const scalar = site.scalarLike(`${node.outputs[0]}.value`, value, node.inputs[0])
  setInput(node, 2, scalar.name)
  return [...scalar.nodes, node]
}

/** 1 to 10: starts, ends and axes become inputs. */
const slice: Step = (node, site) => {
  for (const [index, attribute] of [
    [1, 'starts'],
    [2, 'ends'],
    [3, 'axes'],
  ] as const)
    intsToInput(attribute, index)(node, site)
  return undefined
}

/** 1 to 10: k becomes an input. */
const topK: Step = (node, site) => {
  const k = takeNumber(node, 'k')
  if (k !== undefined) setInput(node, 1, site.ints(`${node.outputs[0]}.k`, [k]))
  return undefined
}

/** 10 to 12: the ratio becomes an input. */
const dropoutRatio: Step = (node, site) => {
  const ratio = takeNumber(node, 'ratio')
  if (ratio !== undefined) setInput(node, 1, site.float(`${node.outputs[0]}.ratio`, ratio))
  return undefined
}

/** 7 to 10: the mask was of the data's type and is now boolean. */
const dropoutMask: Step = (node, site) => {
  if (site.isUsed(node.outputs[1])) throw refusal(node, 'its mask is used as numbers')
  node.outputs.length = 1
  return undefined
}

/** 7 to 9: one scale for every position is the only form left. */
const batchNormSpatial: Step = node => {
  if (takeNumber(node, 'spatial') === 0)
    throw refusal(node, 'it normalises each position by itself (spatial 0), a form ONNX gave up')
  return undefined
}

/** 9 to 14: the outputs of training are others; without training there is one output. */
const batchNormOutputs: Step = (node, site) => {
  if (node.outputs.slice(1).some(output => site.isUsed(output)))
    throw refusal(node, 'its statistics are used: the model was exported in training mode')
  node.outputs.length = 1
  return undefined
}

/**
 * Before 13, Softmax and its kin saw the input as a matrix [product before axis, product from axis on].
 * On the last axis that is the same; otherwise the matrix is made and undone.
 */
const softmax: Step = (node, site) => {
  const axis = intOf(node, 'axis', 1)
  const [x] = node.inputs
  const rank = site.rankOf(x)
  if (axis === -1 || (rank !== undefined && axis === rank - 1)) {
    node.attributes.axis = int(-1)
    return undefined
  }
  const [y] = node.outputs
  const [matrix, result, shape] = ['matrix', 'result', 'shape'].map(s => site.fresh(`${y}.${s}`))
  node.inputs = [matrix]
  node.outputs = [result]
  node.attributes.axis = int(1)
  return [
    make('Shape', [x], [shape]),
    make('Flatten', [x], [matrix], { axis: int(axis) }),
    node,
    make('Reshape', [result, shape], [y]),
  ]
}

/** 13 to 18: without a split the number of parts is said. */
const splitParts: Step = node => {
  if (!node.inputs[1]) node.attributes.num_outputs = int(node.outputs.length)
  return undefined
}

/** 17 to 20: the axis becomes an input. */
const dftAxis: Step = (node, site) => {
  setInput(node, 2, site.int(`${node.outputs[0]}.axis`, takeNumber(node, 'axis') ?? 1))
  return undefined
}

/** 16 to 20: modes are named as in Resize. */
const gridSample: Step = node => {
  const mode = textOf(node, 'mode', 'bilinear')
  node.attributes.mode = text(mode === 'bilinear' ? 'linear' : mode === 'bicubic' ? 'cubic' : mode)
  return undefined
}

/** 18 to 21: scale and bias are one a channel, no longer one a group. */
const groupNorm: Step = (node, site) => {
  const groups = intOf(node, 'num_groups', 1)
  const [x, scale, bias] = node.inputs
  const [y] = node.outputs
  const [channels, size, shape] = ['channels', 'size', 'shape'].map(s => site.fresh(`${y}.${s}`))
  const count = site.ints(`${y}.groups`, [groups])
  const column = site.ints(`${y}.column`, [groups, 1])
  const flat = site.ints(`${y}.flat`, [-1])
  const spread = (name: string): { name: string; nodes: Node[] } => {
    const [one, wide, all] = ['one', 'wide', 'all'].map(s => site.fresh(`${name}.${s}`))
    const nodes = [
      make('Reshape', [name, column], [one]),
      make('Expand', [one, shape], [wide]),
      make('Reshape', [wide, flat], [all]),
    ]
    return { name: all, nodes }
  }
  const [scales, biases] = [spread(scale), spread(bias)]
  node.inputs = [x, scales.name, biases.name]
  return [
    make('Shape', [x], [channels], { start: int(1), end: int(2) }),
    make('Div', [channels, count], [size]),
    make('Concat', [count, size], [shape], { axis: int(0) }),
    ...scales.nodes,
    ...biases.nodes,
    node,
  ]
}

/** 7 to 9: the scales become an input. */
const upsampleScales: Step = (node, site) => {
  const scales = take(node, 'scales')
  if (scales?.type !== 'floats') return undefined
  const tensor = { dtype: 'float32', shape: [scales.value.length] } as const
  const data = Float32Array.from(scales.value)
  setInput(node, 1, site.constant(`${node.outputs[0]}.scales`, { ...tensor, data }))
  return undefined
}

/** 9 to 10: Upsample became Resize; it only ever enlarged. */
const upsample: Step = node => {
  node.op = 'Resize'
  node.attributes.nearest_mode = text('floor')
  return undefined
}

/**
 * 10 to 11: the old Resize reads positions without a shift (asymmetric), and its nearest neighbour
 * is the lower one when it enlarges and the upper one when it shrinks.
 */
const resize: Step = (node, site) => {
  const [x, scales] = node.inputs
  node.inputs = [x, '', scales]
  node.attributes.coordinate_transformation_mode = text('asymmetric')
  if (textOf(node, 'mode', 'nearest') !== 'nearest' || node.attributes.nearest_mode)
    return undefined
  const held = site.tensorOf(scales)
  if (!held) throw refusal(node, 'its scales are computed, so its rounding cannot be told')
  const values = [...(held.data as Float32Array)]
  const [shrinks, grows] = [values.some(s => s < 1), values.some(s => s > 1)]
  if (shrinks && grows) throw refusal(node, 'it enlarges one axis and shrinks another')
  node.attributes.nearest_mode = text(shrinks ? 'ceil' : 'floor')
  return undefined
}

/** 11 to 13: a region and scales that hold nothing are left out. */
const resizeBlanks: Step = (node, site) => {
  if (textOf(node, 'coordinate_transformation_mode', '') === 'tf_half_pixel_for_nn')
    throw refusal(node, 'its coordinate mode tf_half_pixel_for_nn was given up')
  node.inputs = node.inputs.map((name, i) =>
    i > 0 && site.tensorOf(name)?.data.length === 0 ? '' : name,
  )
  return undefined
}

/** 9 to 11: Scatter has a new name. */
const scatter: Step = node => {
  node.op = 'ScatterElements'
  return undefined
}

/** 2 to 22: the runtime has no newer form, and a reduction over the positions is the same for p of 1 and 2. */
const globalLpPool: Step = (node, site) => {
  const p = takeNumber(node, 'p') ?? 2
  const rank = site.rankOf(node.inputs[0])
  if (rank === undefined || (p !== 1 && p !== 2)) return noKernel(node, site)
  node.op = p === 1 ? 'ReduceL1' : 'ReduceL2'
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2)
  setInput(node, 1, site.ints(`${node.outputs[0]}.axes`, axes))
  return undefined
}

/** 22: element types only, but the runtime stops here. */
export const noKernel: Step = node => {
  throw refusal(node, 'ONNX Runtime runs it up to opset 21 only')
}

const withoutKernel =
  'Bernoulli MaxRoiPool Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike'

const axesInput = intsToInput('axes', 1)

const reductions = 'L1 L2 LogSum LogSumExp Max Mean Min Prod SumSquare'

/** The versions that changed more than element types and wording, and how a node gets there. */
export const steps: Readonly<Record<string, Readonly<Record<number, Step>>>> = {
  ...Object.fromEntries(reductions.split(' ').map(name => [`Reduce${name}`, { 18: axesInput }])),
  ...Object.fromEntries(['Softmax', 'LogSoftmax', 'Hardmax'].map(op => [op, { 13: softmax }])),
  ...Object.fromEntries(withoutKernel.split(' ').map(op => [op, { 22: noKernel }])),
  BatchNormalization: { 9: batchNormSpatial, 14: batchNormOutputs },
  Clip: { 11: clip },
  DFT: { 20: dftAxis },
  Dropout: { 10: dropoutMask, 12: dropoutRatio },
  GlobalLpPool: { 22: globalLpPool },
  GridSample: { 20: gridSample },
  GroupNormalization: { 21: groupNorm },
  Pad: { 11: pad },
  ReduceSum: { 13: axesInput },
  Resize: { 11: resize, 13: resizeBlanks },
  RoiAlign: { 22: noKernel },
  Scatter: { 11: scatter },
  Slice: { 10: slice },
  Split: { 13: intsToInput('split', 1), 18: splitParts },
  Squeeze: { 13: axesInput },
  TopK: { 10: topK },
  Unsqueeze: { 13: axesInput },
  Upsample: { 9: upsampleScales, 10: upsample },
}
