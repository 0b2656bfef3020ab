/** Time is an argument: what measures it takes a Clock, so tests and replays can hand in their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
}

export const systemClock: Clock = { now: () => performance.timeOrigin + performance.now() }
