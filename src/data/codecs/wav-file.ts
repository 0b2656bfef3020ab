/**
 * A WAV file of 16-bit PCM from a waveform `[channel, samples]` in [-1,1]; what is outside is clipped.
 * A sample s is stored as round(32768 s), at most 32767, so that what was read is written back as it was.
 */
export function wavFile(
  samples: Float32Array,
  { channels, sampleRate }: { readonly channels: number; readonly sampleRate: number },
): Uint8Array {
  const frames = samples.length / channels
  const bytes = frames * channels * 2
  const file = new DataView(new ArrayBuffer(44 + bytes))
  const text = (at: number, word: string) => {
    for (let i = 0; i < word.length; i++) file.setUint8(at + i, word.charCodeAt(i))
  }
  text(0, 'RIFF')
  file.setUint32(4, 36 + bytes, true)
  text(8, 'WAVEfmt ')
  file.setUint32(16, 16, true)
  file.setUint16(20, 1, true) // PCM
  file.setUint16(22, channels, true)
  file.setUint32(24, sampleRate, true)
  file.setUint32(28, sampleRate * channels * 2, true)
  file.setUint16(32, channels * 2, true)
  file.setUint16(34, 16, true)
  text(36, 'data')
  file.setUint32(40, bytes, true)
  for (let frame = 0; frame < frames; frame++)
    for (let c = 0; c < channels; c++) {
      const value = Math.round((samples[c * frames + frame] || 0) * 32768)
      file.setInt16(44 + (frame * channels + c) * 2, Math.min(32767, Math.max(-32768, value)), true)
    }
  return new Uint8Array(file.buffer)
}
