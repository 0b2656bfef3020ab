export { betaCdf, betaQuantile, binomialDensity, logGamma } from './beta.js'
export {
  type Alternative,
  binomialCdf,
  binomialSurvival,
  binomialTest,
  clopperPearson,
  clopperPearsonLower,
  clopperPearsonUpper,
  type Interval,
  wilsonInterval,
} from './binomial.js'
export { type BootstrapOptions, bootstrapInterval, quantile } from './bootstrap.js'
export { type MinimizeOptions, minimize, type Smooth } from './minimize.js'
export { Moments } from './moments.js'
export { erfc, normalCdf, normalQuantile } from './normal.js'
export {
  fellByMoreThan,
  mcNemar,
  type Paired,
  tangoInterval,
  tangoScore,
} from './paired.js'
export { mannKendall, type Trend } from './trend.js'
