export { type Knots, oddsFloor } from './isotonic.js'
export { fitScaling, type Scaling, type ScalingMethod, scaled, scalingMethods } from './scaling.js'
export { joinTables, ScoreGatherer, type ScoreTable } from './scores.js'
