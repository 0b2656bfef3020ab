import { expect, it } from 'vitest'
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './half.js'

it('turns every float16 into its number and back', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = float16ToNumber(bits)
    if (Number.isNaN(value))
      expect(Number.isNaN(float16ToNumber(numberToFloat16(value)))).toBe(true)
    else expect(numberToFloat16(value)).toBe(bits)
  }
})

it('knows published float16 values', () => {
  expect(float16ToNumber(0x3c00)).toBe(1)
  expect(float16ToNumber(0x7bff)).toBe(65504)
  expect(float16ToNumber(0x0001)).toBe(2 ** -24)
  expect(float16ToNumber(0x3555)).toBe(0.333251953125)
  expect(numberToFloat16(65519.99)).toBe(0x7bff)
  expect(numberToFloat16(65520)).toBe(0x7c00)
})

it('rounds ties to even', () => {
  expect(numberToFloat16(1 + 2 ** -11)).toBe(0x3c00)
  expect(numberToFloat16(1 + 3 * 2 ** -11)).toBe(0x3c02)
  expect(numberToFloat16(2 ** -25)).toBe(0)
  expect(numberToFloat16(3 * 2 ** -25)).toBe(2)
  expect(numberToBfloat16(1 + 2 ** -8)).toBe(0x3f80)
  expect(numberToBfloat16(1 + 3 * 2 ** -8)).toBe(0x3f82)
})

it('turns every bfloat16 into its number and back', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = bfloat16ToNumber(bits)
    if (Number.isNaN(value))
      expect(Number.isNaN(bfloat16ToNumber(numberToBfloat16(value)))).toBe(true)
    else expect(numberToBfloat16(value)).toBe(bits)
  }
})
