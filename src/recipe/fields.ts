/** The plain values of a recipe, each with its sentence. */
import { z } from 'zod'
import { expecting } from '../schedule/index.js'

export { z }

const ofRule = (rule: string) => ({ error: expecting(rule) })

export const text = z.string(ofRule('a text')).min(1, ofRule('a text'))
export const count = z
  .int(ofRule('a whole number of at least 1'))
  .min(1, ofRule('a whole number of at least 1'))
export const share = z
  .number(ofRule('a number between 0 and 1'))
  .gt(0, ofRule('a number between 0 and 1'))
  .lt(1, ofRule('a number between 0 and 1'))
export const decay = z
  .number(ofRule('a number from 0 to below 1'))
  .min(0, ofRule('a number from 0 to below 1'))
  .lt(1, ofRule('a number from 0 to below 1'))
export const notNegative = z
  .number(ofRule('a number of at least 0'))
  .min(0, ofRule('a number of at least 0'))
export const positive = z.number(ofRule('a number above 0')).gt(0, ofRule('a number above 0'))
export const probability = z
  .number(ofRule('a number from 0 to 1'))
  .min(0, ofRule('a number from 0 to 1'))
  .max(1, ofRule('a number from 0 to 1'))
