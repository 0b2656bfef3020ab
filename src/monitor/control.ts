/**
 * How strong each noise is let be: its level is scale(schedule(time - hold), gain). Backing off is
 * multiplicative and at once, growing back additive and after patience, and a gain that failed is
 * remembered as a ceiling, so that it is not tried again and again.
 */
export interface NoiseControl {
  /** Multiplies the strength; 0 switches the noise off. */
  gain: number
  /** Updates its schedule is behind. */
  hold: number
  /** Highest gain growth may reach. */
  ceiling: number
}

export interface ControlOptions {
  /** What a gain is multiplied by when its noise is overused. Default 0.5. */
  readonly backoff: number
  /** What is added to a gain after `patience` comfortable checks. Default 0.05. */
  readonly growth: number
  /** Comfortable checks in a row before a gain grows; twice as many after each failure. Default 3. */
  readonly patience: number
  /** Highest gain: 1 is the recipe's own strength. Default 1. */
  readonly bound: number
  /** Gains below this become 0. Default 0.05. */
  readonly least: number
}

export const newControl = ({ bound }: Pick<ControlOptions, 'bound'>): NoiseControl => ({
  gain: 1,
  hold: 0,
  ceiling: Math.max(1, bound),
})

/** `times`: how often at once, where the harm is severe. */
export function backOff(
  control: NoiseControl,
  { backoff, least }: ControlOptions,
  times = 1,
): NoiseControl {
  const gain = control.gain * backoff ** times
  // Between what failed and what is tried now, in the middle by ratio.
  const ceiling = control.gain * backoff ** (times / 2)
  return {
    ...control,
    gain: gain < least ? 0 : gain,
    ceiling: Math.min(control.ceiling, ceiling),
  }
}

/** The schedule waits: it goes on from where it was `updates` ago. */
export function delay(control: NoiseControl, updates: number): NoiseControl {
  return { ...control, hold: control.hold + updates }
}

/** One step up, to the ceiling; from there on both go up, by half steps. */
export function grow(control: NoiseControl, { growth, bound }: ControlOptions): NoiseControl {
  const up = (step: number) => Number((control.gain + step).toPrecision(12))
  if (control.gain < control.ceiling)
    return { ...control, gain: Math.min(control.ceiling, up(growth)) }
  const gain = Math.min(bound, up(growth / 2))
  return { ...control, gain, ceiling: Math.max(gain, control.ceiling) }
}
