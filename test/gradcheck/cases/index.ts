import type { Cases } from '../case.js'
import { elementwise } from './elementwise.js'

/** Case makers of every rule; one line a family. */
export const cases: Cases = {
  ...elementwise,
}
