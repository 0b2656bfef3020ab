import type { Formulation, Site } from '../formulation.js'
import type { Convolution } from '../geometry.js'
import { reshape } from '../phrases.js'
import { epilogueIn } from './epilogue.js'
import { asImage, type ImageConvolution, isForward } from './image.js'
import { convolve, fullWeights, outerWeights } from './nchwc.js'

/** w [filters, channels / group, ...kernel] over two axes, in the layout that x and the groups ask for. */
export function weightsFor(site: Site, w: string, c: ImageConvolution): string {
  const image = reshape(site.b, w, [c.filters, c.channels / c.group, ...c.kernel])
  const isFull = c.channels / c.group >= site.options.block
  return isFull ? fullWeights(site, image) : outerWeights(site, image)
}

/** y = x * w + bias, and what follows. */
export const blockedConv: Formulation<Convolution> = {
  name: 'blocked convolution',
  column: 'blocked',
  applies: isForward,
  emit(site, convolution) {
    const { node, options } = site
    const c = asImage(convolution)!
    const [x, w, bias] = node.inputs
    const isPlain = c.channels < options.block
    const input = isPlain
      ? reshape(site.b, site.plain(x), [c.batch, c.channels, ...c.input])
      : site.blocked(x)
    const given = { kernel: c.kernel, strides: c.strides, dilations: c.dilations, pads: c.pads }
    const weights = weightsFor(site, site.plain(w), c)
    const own = { ...given, group: c.group, bias: bias ? site.plain(bias) : undefined }
    return [{ blocked: convolve(site, input, weights, { ...own, ...epilogueIn(site) }) }]
  },
}
