// The ten test functions of test/golden/tune/functions.py: name -> [bounds, function, lowest value].
const { PI, cos, exp, sin, sqrt, E } = Math
const sum = (items, of) => items.reduce((total, item, i) => total + of(item, i), 0)
const cube = (n, low, high) => Array.from({ length: n }, () => [low, high])

const branin = ([a, b]) =>
  (b - (5.1 / (4 * PI ** 2)) * a * a + (5 / PI) * a - 6) ** 2 +
  10 * (1 - 1 / (8 * PI)) * cos(a) +
  10
const camel = ([a, b]) =>
  (4 - 2.1 * a ** 2 + a ** 4 / 3) * a ** 2 + a * b + (-4 + 4 * b ** 2) * b ** 2
const goldstein = ([a, b]) =>
  (1 + (a + b + 1) ** 2 * (19 - 14 * a + 3 * a ** 2 - 14 * b + 6 * a * b + 3 * b ** 2)) *
  (30 + (2 * a - 3 * b) ** 2 * (18 - 32 * a + 12 * a ** 2 + 48 * b - 36 * a * b + 27 * b ** 2))
const rosenbrock = x => sum(x.slice(1), (v, i) => 100 * (v - x[i] ** 2) ** 2 + (1 - x[i]) ** 2)
function levy(x) {
  const w = x.map(v => 1 + (v - 1) / 4)
  const last = w.at(-1)
  const middle = sum(w.slice(0, -1), v => (v - 1) ** 2 * (1 + 10 * sin(PI * v + 1) ** 2))
  return sin(PI * w[0]) ** 2 + middle + (last - 1) ** 2 * (1 + sin(2 * PI * last) ** 2)
}
const ackley = x =>
  -20 * exp(-0.2 * sqrt(sum(x, v => v * v) / x.length)) -
  exp(sum(x, v => cos(2 * PI * v)) / x.length) +
  20 +
  E
const rastrigin = x => 10 * x.length + sum(x, v => v * v - 10 * cos(2 * PI * v))
const styblinski = x => sum(x, v => v ** 4 - 16 * v ** 2 + 5 * v) / 2

const alpha = [1, 1.2, 3, 3.2]
const a3 = [
  [3, 10, 30],
  [0.1, 10, 35],
  [3, 10, 30],
  [0.1, 10, 35],
]
const p3 = [
  [0.3689, 0.117, 0.2673],
  [0.4699, 0.4387, 0.747],
  [0.1091, 0.8732, 0.5547],
  [0.03815, 0.5743, 0.8828],
]
const a6 = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const p6 = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]
const hartmann = (a, p) => x =>
  -sum(alpha, (c, i) => c * exp(-sum(x, (v, k) => a[i][k] * (v - p[i][k]) ** 2)))

export const functions = {
  branin: [
    [
      [-5, 10],
      [0, 15],
    ],
    branin,
    0.39788735772973816,
  ],
  'six-hump camel': [
    [
      [-3, 3],
      [-2, 2],
    ],
    camel,
    -1.031628453489877,
  ],
  'goldstein-price': [cube(2, -2, 2), goldstein, 3],
  'hartmann 3': [cube(3, 0, 1), hartmann(a3, p3), -3.86278214782076],
  'hartmann 6': [cube(6, 0, 1), hartmann(a6, p6), -3.32236801141551],
  'rosenbrock 4': [cube(4, -5, 10), rosenbrock, 0],
  'levy 4': [cube(4, -10, 10), levy, 0],
  'ackley 4': [cube(4, -32.768, 32.768), ackley, 0],
  'rastrigin 4': [cube(4, -5.12, 5.12), rastrigin, 0],
  'styblinski-tang 4': [cube(4, -5, 5), styblinski, -39.16616570377142 * 4],
}
