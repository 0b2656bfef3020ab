/** What other programs write into a model file about its input. */

interface Found {
  /** Settings of `preprocess`, unchecked. */
  readonly value: object
  readonly source: string
}

/** Ultralytics' `imgsz`, or the image keys of the ONNX specification; undefined without them. */
export function fromOtherMetadata(metadata: ReadonlyMap<string, string>): Found | undefined {
  return ultralytics(metadata) ?? imageKeys(metadata)
}

/** `imgsz` beside `task`: `[height, width]`, RGB pixels in [0,1]; a classifier's are cut to fill it. */
function ultralytics(metadata: ReadonlyMap<string, string>): Found | undefined {
  const sides = /^\[(\d+), ?(\d+)\]$/.exec(metadata.get('imgsz') ?? '')
  const task = metadata.get('task')
  if (!sides || task === undefined) return undefined
  const size = [Number(sides[1]), Number(sides[2])]
  const resize = task === 'classify' ? 'crop' : 'letterbox'
  return { value: { size, resize }, source: "the model's metadata imgsz (Ultralytics)" }
}

const ranges: Readonly<Record<string, object>> = {
  NominalRange_0_255: { scale: 255 },
  Normalized_0_1: {},
  // 2 x - 1
  Normalized_1_1: { scale: 2, mean: 1 },
}

/** ONNX, metadata for images: `Image.NominalPixelRange` and `Image.BitmapPixelFormat`. */
function imageKeys(metadata: ReadonlyMap<string, string>): Found | undefined {
  const range = ranges[metadata.get('Image.NominalPixelRange') ?? '']
  const format = metadata.get('Image.BitmapPixelFormat')
  if (!range && format === undefined) return undefined
  const value = { ...range, ...(format?.startsWith('Bgr') && { color: 'BGR' }) }
  return { value, source: "the model's metadata Image.NominalPixelRange, Image.BitmapPixelFormat" }
}
