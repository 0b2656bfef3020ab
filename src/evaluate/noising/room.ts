import { openKernels } from '../../kernels/index.js'

/** Floats that one memory of the kernels holds without trouble: 1 GiB. */
const most = 2 ** 28

/** Floats of an array that is worth keeping for the next pass: 16 MiB. */
const mostKept = 2 ** 22

/** The last pair that was given back: a memory of the kernels is costly to make, and checks of a run need one each. */
let spare: Rooms | undefined

/** Two arrays of a length that kernels work on where they lie; plain ones where they are too large for that. */
export class Rooms {
  private constructor(private readonly held: readonly [Float32Array, Float32Array]) {}

  static take(floats: number): Rooms {
    const known = spare
    if (!known || known.held[0].length < floats) return new Rooms(made(floats))
    spare = undefined
    return known
  }

  /** Both, `floats` long. */
  of(floats: number): [Float32Array, Float32Array] {
    const [a, b] = this.held
    return [a.subarray(0, floats), b.subarray(0, floats)]
  }

  /** To be called once, when nobody uses the arrays any more. */
  giveBack(): void {
    if (this.held[0].length <= mostKept) spare = this
  }
}

function made(floats: number): [Float32Array, Float32Array] {
  if (2 * floats > most) return [new Float32Array(floats), new Float32Array(floats)]
  const { alloc } = openKernels({ bytes: 2 * (4 * floats + 64) })
  return [alloc(floats), alloc(floats)]
}
