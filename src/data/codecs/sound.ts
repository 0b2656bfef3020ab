/** A recording as it stands in its file. */
export interface Sound {
  sampleRate: number
  channels: number
  frames: number
  /** The sample of one channel in one frame, in [-1,1] for whole numbers, as it stands for floats. */
  at(frame: number, channel: number): number
}

/** What the head of a file says; `frames` is absent where only the whole file tells. */
export interface SoundHead {
  sampleRate: number
  channels: number
  frames?: number
}
