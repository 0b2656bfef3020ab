/** Cyclic redundancy checks of 32 bits, reflected, as unsigned numbers. */

function tableOf(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    return crc
  })
}

function checkOf(table: Uint32Array): (bytes: Uint8Array) => number {
  return bytes => {
    let crc = 0xffffffff
    for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8)
    return ~crc >>> 0
  }
}

/** CRC-32 of ISO 3309, as in ZIP and PNG files. */
export const crc32 = checkOf(tableOf(0xedb88320))

/** CRC-32C (Castagnoli), as in TFRecord files. */
export const crc32c = checkOf(tableOf(0x82f63b78))
