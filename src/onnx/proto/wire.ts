import { BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { ModelError } from '../../base/index.js'

/** One field of an encoded message, still undecoded; its views share the message's memory. */
export class Field {
  constructor(
    readonly number: number,
    readonly wire: WireType,
    /** Tag and value, as encoded. */
    readonly encoded: Uint8Array,
    /** The value alone; of a length-delimited field what follows its length. */
    readonly payload: Uint8Array,
  ) {}

  /** The payload of a message, of text or of bytes. */
  bytes(): Uint8Array {
    this.expectWire(WireType.LengthDelimited)
    return this.payload
  }

  /** Text; throws ModelError when it is not UTF-8. */
  text(): string {
    return decodeText(this.bytes())
  }

  /** A 64-bit integer as a number; throws ModelError beyond 2^53. */
  integer(): number {
    const value = Number(this.bigInteger())
    if (!Number.isSafeInteger(value)) throw broken(`field ${this.number} holds ${value}`)
    return value
  }

  bigInteger(): bigint {
    this.expectWire(WireType.Varint)
    return guarded(() => BigInt(new BinaryReader(this.payload).int64()))
  }

  float(): number {
    this.expectWire(WireType.Bit32)
    return guarded(() => new BinaryReader(this.payload).float())
  }

  /** The integers of a repeated field, packed or not. */
  integers(): bigint[] {
    if (this.wire === WireType.Varint) return [this.bigInteger()]
    const reader = new BinaryReader(this.bytes())
    const values: bigint[] = []
    guarded(() => {
      while (reader.pos < reader.len) values.push(BigInt(reader.int64()))
    })
    return values
  }

  /** The little-endian bytes of a repeated field of fixed width, packed or not. */
  fixed(width: 4 | 8): Uint8Array {
    const single = width === 4 ? WireType.Bit32 : WireType.Bit64
    if (this.wire !== single) this.expectWire(WireType.LengthDelimited)
    if (this.payload.length % width) throw broken(`field ${this.number} is not packed in ${width}s`)
    return this.payload
  }

  private expectWire(wire: WireType): void {
    if (this.wire !== wire)
      throw broken(`field ${this.number} is encoded as ${this.wire} in place of ${wire}`)
  }
}

/** The fields of a message in their order; throws ModelError where the encoding is broken. */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  const reader = new BinaryReader(message)
  while (reader.pos < reader.len) {
    const start = reader.pos
    const [number, wire] = guarded(() => reader.tag())
    const value = guarded(() => reader.skip(wire, number))
    const encoded = message.subarray(start, reader.pos)
    yield new Field(number, wire, encoded, wire === WireType.LengthDelimited ? body(value) : value)
  }
}

/** What follows the length in a length-delimited value. */
function body(value: Uint8Array): Uint8Array {
  const reader = new BinaryReader(value)
  reader.uint32()
  return value.subarray(reader.pos)
}

/** How the fields of a message T are put into it, by field number. */
export type FieldTable<T> = Readonly<Record<number, (into: T, field: Field) => void>>

/** Reads the fields a table knows into `into`; gives back the others, as encoded. */
export function readFields<T>(
  message: Uint8Array,
  table: FieldTable<T>,
  into: T,
): Uint8Array | undefined {
  const others: Uint8Array[] = []
  for (const field of fieldsOf(message)) {
    const read = table[field.number]
    if (read) read(into, field)
    else others.push(field.encoded)
  }
  return others.length ? concatBytes(others) : undefined
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let position = 0
  for (const part of parts) {
    whole.set(part, position)
    position += part.length
  }
  return whole
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw broken('a name is not UTF-8 text')
  }
}

/** Text, or undefined where the bytes are not UTF-8. */
export function textOrNothing(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

export function broken(what: string): ModelError {
  return new ModelError(
    `The file is not a whole ONNX model: ${what}. Check that it is one, and copied completely.`,
  )
}

/** Runs a step of the wire reader; what it throws becomes a sentence. */
function guarded<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw error instanceof RangeError
      ? new ModelError('The model ends in the middle of a field: it is truncated or damaged.', {
          truncated: true,
        })
      : broken((error as Error).message)
  }
}

/** Writers of single fields; optional ones skip what is absent. */
export const put = {
  integer(writer: BinaryWriter, field: number, value: number | bigint): void {
    writer.tag(field, WireType.Varint).int64(wireInteger(value))
  },
  text(writer: BinaryWriter, field: number, value: string): void {
    writer.tag(field, WireType.LengthDelimited).string(value)
  },
  bytes(writer: BinaryWriter, field: number, value: Uint8Array): void {
    writer.tag(field, WireType.LengthDelimited).bytes(value)
  },
  float(writer: BinaryWriter, field: number, value: number): void {
    writer.tag(field, WireType.Bit32).float(Math.fround(value))
  },
  message(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
    writer.tag(field, WireType.LengthDelimited).fork()
    write(writer)
    writer.join()
  },
  raw(writer: BinaryWriter, encoded: Uint8Array | undefined): void {
    if (encoded) writer.raw(encoded)
  },
}

const maximum = 2n ** 63n - 1n

/** The largest 64-bit integer is no double: read as 2^63, it is written back as 2^63 - 1. */
export function wireInteger(value: number | bigint): bigint {
  const integer = BigInt(value)
  return integer > maximum ? maximum : integer
}
