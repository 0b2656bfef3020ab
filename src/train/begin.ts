/** When a noise that waits begins: at a time, or when a check meets its condition. */
import type { ResolvedNoise } from '../recipe/index.js'
import type { RunState } from './state.js'

type Waiting = Pick<RunState, 'step' | 'begun' | 'history'>

/** The update at which each noise that waits began, by name; absent while it has not. */
export function begunNoises(
  noises: readonly ResolvedNoise[],
  { step, begun }: Waiting,
): Map<string, number> {
  const all = noises.flatMap(({ name, start }): [string, number][] => {
    if (!start) return []
    const at = Math.min(
      begun[name] ?? Number.POSITIVE_INFINITY,
      start.at ?? Number.POSITIVE_INFINITY,
    )
    return at <= step ? [[name, at]] : []
  })
  return new Map(all)
}

/** Noises whose condition the last check met, each with the reason in one sentence. */
export function nowBeginning(
  noises: readonly ResolvedNoise[],
  state: Waiting,
): { readonly noise: string; readonly reason: string }[] {
  const known = begunNoises(noises, state)
  return noises.flatMap(({ name, start }) => {
    const met = known.has(name) ? undefined : start?.when?.met(state.history)
    return met ? [{ noise: name, reason: `${name} begins at step ${state.step}: ${met}.` }] : []
  })
}
