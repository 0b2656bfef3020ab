import type { InputNoise } from '../../types.js'
import { brightness } from './brightness.js'
import { cannyEdges } from './canny-edges.js'
import { contrast } from './contrast.js'
import { defocusBlur } from './defocus-blur.js'
import { dottedLine } from './dotted-line.js'
import { elasticTransform } from './elastic-transform.js'
import { fog } from './fog.js'
import { frost } from './frost.js'
import { gaussianBlur } from './gaussian-blur.js'
import { gaussianNoise } from './gaussian-noise.js'
import { glassBlur } from './glass-blur.js'
import { impulseNoise } from './impulse-noise.js'
import { jpegCompression } from './jpeg-compression.js'
import { motionBlur } from './motion-blur.js'
import { pixelate } from './pixelate.js'
import { rotate } from './rotate.js'
import { saturate } from './saturate.js'
import { scale } from './scale.js'
import { shear } from './shear.js'
import { shotNoise } from './shot-noise.js'
import { snow } from './snow.js'
import { spatter } from './spatter.js'
import { speckleNoise } from './speckle-noise.js'
import { stripe } from './stripe.js'
import { translate } from './translate.js'
import { zigzag } from './zigzag.js'
import { zoomBlur } from './zoom-blur.js'

/** The corruptions of the published suites: ImageNet-C's 15, its 4 for validation, MNIST-C's own. */
export const suiteCorruptions: readonly InputNoise[] = [
  gaussianNoise,
  shotNoise,
  impulseNoise,
  defocusBlur,
  glassBlur,
  motionBlur,
  zoomBlur,
  snow,
  frost,
  fog,
  brightness,
  contrast,
  elasticTransform,
  pixelate,
  jpegCompression,
  speckleNoise,
  gaussianBlur,
  spatter,
  saturate,
  shear,
  scale,
  rotate,
  translate,
  stripe,
  dottedLine,
  zigzag,
  cannyEdges,
]
