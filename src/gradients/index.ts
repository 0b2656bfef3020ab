export { Attacker, type AttackerOptions, type AttackRequest } from './attacker.js'
export { type GradientsOptions, type GradientsResult, gradients } from './gradients.js'
export {
  InputGradients,
  type InputGradientsCall,
  type InputGradientsOptions,
} from './input-gradients.js'
export { type InspectOptions, inspect } from './inspect/inspect.js'
export { checkTrainable } from './trainable.js'
export { type TrainingModel, trainingModel } from './training.js'
