/** A waveform as the network hears it: values in [-1, 1], one channel. */
export interface Sound {
  readonly data: Float32Array
  /** In Hz. */
  readonly sampleRate: number
}

/** A WAV data URL of the file `wav` makes. */
export const wavDataUrl = (sound: Sound, seconds?: number): string =>
  `data:audio/wav;base64,${wav(sound, seconds).toString('base64')}`

/** A WAV file, 16-bit PCM; at most `seconds` of the sound. */
export function wav({ data, sampleRate }: Sound, seconds = 2): Buffer {
  const frames = Math.min(data.length, Math.floor(seconds * sampleRate))
  const file = Buffer.alloc(44 + frames * 2)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(36 + frames * 2, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20) // PCM
  file.writeUInt16LE(1, 22) // channels
  file.writeUInt32LE(sampleRate, 24)
  file.writeUInt32LE(sampleRate * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(frames * 2, 40)
  for (let i = 0; i < frames; i++) {
    const value = Math.min(1, Math.max(-1, data[i] || 0))
    file.writeInt16LE(Math.round(value * 32767), 44 + i * 2)
  }
  return file
}

/** The smallest and largest value within each of `columns` equal stretches, as an SVG path 100 x 40. */
export function wavePath({ data }: Sound, columns = 100): string {
  const extents = Array.from({ length: columns }, (_, column) => {
    const part = data.subarray(
      Math.floor((column * data.length) / columns),
      Math.max(1, Math.floor(((column + 1) * data.length) / columns)),
    )
    const y = (value: number) => (20 - 19 * Math.min(1, Math.max(-1, value || 0))).toFixed(1)
    const low = part.reduce((a, b) => Math.min(a, b), 0)
    const high = part.reduce((a, b) => Math.max(a, b), 0)
    return `M${column + 0.5} ${y(low)}V${y(high)}`
  })
  return extents.join('')
}
