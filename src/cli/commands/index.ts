import type { CommandSpec } from '../command.js'
import { calibrateCommand } from './calibrate.js'
import { certify, predict } from './certify.js'
import { dash } from './dash.js'
import { dataCheck } from './data-check.js'
import { demo } from './demo.js'
import { doctor } from './doctor.js'
import { evalCommand } from './eval.js'
import { harden } from './harden.js'
import { init } from './init.js'
import { inspect } from './inspect.js'
import { list } from './list.js'
import { newNetwork } from './new.js'
import { noise } from './noise.js'
import { report } from './report.js'
import { resume, train } from './train.js'
import { tune } from './tune.js'
import { worker } from './worker.js'

/** Every command, in the order in which `temper --help` teaches them. */
export const commands: readonly CommandSpec[] = [
  demo,
  evalCommand,
  calibrateCommand,
  certify,
  predict,
  dataCheck,
  init,
  train,
  harden,
  resume,
  tune,
  inspect,
  report,
  dash,
  worker,
  noise,
  newNetwork,
  list,
  doctor,
]
