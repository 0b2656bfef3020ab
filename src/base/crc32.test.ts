import { describe, expect, it } from 'vitest'
import { crc32, crc32c } from './crc32.js'

const digits = Buffer.from('123456789')

describe('checks of 32 bits', () => {
  it('give the check values their polynomials are catalogued with', () => {
    expect(crc32(digits)).toBe(0xcbf43926)
    expect(crc32c(digits)).toBe(0xe3069283)
  })

  it('meet the answers published in RFC 3720, appendix B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
  })
})
