import './jax-globals.js'
import { defaultDevice, init } from '@jax-js/jax'
import { beforeAll, describe, expect, it } from 'vitest'
import { keyOf, Random } from '../../src/base/index.js'
import { type Feed, interpret } from '../reference/index.js'
import { cases } from './cases/index.js'
import { differentiate, worst } from './check.js'
import { Draw } from './draw.js'
import { jaxGradients, oracles } from './jax.js'

const casesPerRule = 20

describe('gradient rules against jax-js, which shares no code with ours', () => {
  beforeAll(async () => {
    await init('wasm')
    defaultDevice('wasm')
  })

  it.each(Object.keys(oracles))('%s: < 1e-5', op => {
    for (let index = 2; index < casesPerRule + 2; index++) {
      const draw = new Draw(new Random(keyOf(0, `gradcheck:${op}`, index)))
      const node = differentiate(op, cases[op](draw, index), draw)
      const own = interpret(node.gradients, node.feeds as ReadonlyMap<string, Feed>)
      const wanted = jaxGradients(op, node)
      for (const [i, name] of node.wrt.entries())
        expect(worst(own.get(node.of.get(name)!)!.data, wanted[i]), `case ${index}`).toBeLessThan(
          1e-5,
        )
    }
  })
})
