export { type ChildTask, superviseChild } from './child.js'
export type { Purpose } from './death.js'
export { type Act, type ActContext, serveActs } from './serve.js'
