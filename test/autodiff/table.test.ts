import { describe, expect, it } from 'vitest'
import { isStop, rules } from '../../src/autodiff/index.js'
import { operators } from '../../src/onnx/index.js'

describe('the rule table', () => {
  const names = Object.keys(operators) as (keyof typeof operators)[]

  it('has a row for every operator of the default domain, and for nothing that is none', () => {
    const unknown = Object.keys(rules).filter(name => !name.includes('.') && !(name in operators))
    expect(names.filter(name => !rules[name])).toEqual([])
    // the runtime's name for RMSNormalization before opset 23
    expect(unknown).toEqual(['SimplifiedLayerNormalization'])
  })

  it('leaves fewer than 10 differentiable operators without a rule', () => {
    const old = ['Scatter', 'Upsample']
    const missing = names.filter(
      name => operators[name].differentiable.length && isStop(rules[name]) && !old.includes(name),
    )
    expect(missing.length).toBeLessThan(10)
  })

  it('has no rule for an operator that is not differentiable', () => {
    const extra = names.filter(
      name => !operators[name].differentiable.length && !isStop(rules[name]),
    )
    expect(extra).toEqual([])
  })

  it('refuses what has a derivative, and stops what has none', () => {
    const wrong = names.filter(name => {
      const row = rules[name]
      return isStop(row) && row.kind === 'none' && operators[name].differentiable.length > 0
    })
    expect(wrong).toEqual([])
  })
})
