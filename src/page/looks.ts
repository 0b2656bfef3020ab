/** The colour and dash that a model or run keeps through a page. */
export interface Look {
  readonly color: string
  readonly dash?: string
}

/** The baseline is brown and dashed, what is compared with it solid and blue, then others. */
const looks: readonly Look[] = [
  { color: 'var(--series-1)', dash: '5 3' },
  { color: 'var(--series-2)' },
  { color: 'var(--series-3)', dash: '2 2' },
  { color: 'var(--series-4)', dash: '8 3 2 3' },
  { color: 'var(--series-5)', dash: '1 3' },
  { color: 'var(--series-6)', dash: '10 4' },
]

/** The look of the i-th of several; one alone is solid and blue. */
export function lookOf(i: number, several: number): Look {
  return looks[several === 1 ? 1 : i % looks.length]
}
