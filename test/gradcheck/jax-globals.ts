/** jax-js asks whether arrays are Float16Array, which Node has from version 24 on: none here are. */
class NoFloat16Array extends Uint16Array {}

if (!('Float16Array' in globalThis)) Object.assign(globalThis, { Float16Array: NoFloat16Array })
