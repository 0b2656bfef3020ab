import type { Level } from '../noise/index.js'

/** "sigma 0.1, salt 0.5" */
export function levelText(level: Level): string {
  return Object.entries(level)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
    .join(', ')
}
