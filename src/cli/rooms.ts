/**
 * The rooms behind the commands, loaded when a command runs and not before: `temper --help` must
 * answer at once, and the runtime alone takes longer than that to load.
 */
export const rooms = {
  autodiff: () => import('../autodiff/index.js'),
  certify: () => import('../certify/index.js'),
  dashboard: () => import('../dashboard/index.js'),
  data: () => import('../data/index.js'),
  engine: () => import('../engine/index.js'),
  evaluate: () => import('../evaluate/index.js'),
  jobs: () => import('../jobs/index.js'),
  elsewhere: async () => (await import('../jobs/index.js')).elsewhere(),
  metrics: () => import('../metrics/index.js'),
  networks: () => import('../networks/index.js'),
  noise: () => import('../noise/index.js'),
  onnx: () => import('../onnx/index.js'),
  page: () => import('../page/index.js'),
  recipe: () => import('../recipe/index.js'),
  record: () => import('../record/index.js'),
  report: () => import('../report/index.js'),
  schedule: () => import('../schedule/index.js'),
  train: () => import('../train/index.js'),
  tune: () => import('../tune/index.js'),
}
