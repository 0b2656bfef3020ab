import { isIdentity, scaleLinearly } from '../level.js'
import { affine } from './forms.js'
import { type ActivationNoise, type PortRole, portRoles } from './types.js'

type Parts = Omit<ActivationNoise, 'at' | 'scale' | 'presets' | 'emit' | 'roles'> &
  Partial<Pick<ActivationNoise, 'scale' | 'presets' | 'emit'>> & {
    readonly uses: readonly PortRole[] | ActivationNoise['roles']
  }

/** An activation noise from what is its own; at its identity every input holds the role's. */
export function defineActivation(parts: Parts): ActivationNoise {
  const { uses, ...own } = parts
  const noise: ActivationNoise = {
    scale: scaleLinearly(parts),
    presets: {},
    emit: affine,
    ...own,
    at: 'activation',
    roles: typeof uses === 'function' ? uses : () => uses,
    fill(port, level, key) {
      for (const role of Object.keys(portRoles) as PortRole[])
        port[role]?.fill(portRoles[role].identity)
      if (!isIdentity(noise, level)) parts.fill(port, level, key)
    },
  }
  return noise
}
