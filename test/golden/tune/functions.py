"""Ten standard test functions: name -> (bounds, function, lowest value)."""
from math import cos, exp, pi, sin, sqrt, e

def branin(x):
    a, b = x
    return (b - 5.1 / (4 * pi**2) * a * a + 5 / pi * a - 6) ** 2 + 10 * (1 - 1 / (8 * pi)) * cos(a) + 10

def camel(x):
    a, b = x
    return (4 - 2.1 * a**2 + a**4 / 3) * a**2 + a * b + (-4 + 4 * b**2) * b**2

def goldstein(x):
    a, b = x
    return (1 + (a + b + 1) ** 2 * (19 - 14 * a + 3 * a**2 - 14 * b + 6 * a * b + 3 * b**2)) * (
        30 + (2 * a - 3 * b) ** 2 * (18 - 32 * a + 12 * a**2 + 48 * b - 36 * a * b + 27 * b**2))

def rosenbrock(x):
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1))

def levy(x):
    w = [1 + (v - 1) / 4 for v in x]
    middle = sum((v - 1) ** 2 * (1 + 10 * sin(pi * v + 1) ** 2) for v in w[:-1])
    return sin(pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + sin(2 * pi * w[-1]) ** 2)

def ackley(x):
    n = len(x)
    return (-20 * exp(-0.2 * sqrt(sum(v * v for v in x) / n))
            - exp(sum(cos(2 * pi * v) for v in x) / n) + 20 + e)

def rastrigin(x):
    return 10 * len(x) + sum(v * v - 10 * cos(2 * pi * v) for v in x)

def styblinski(x):
    return sum(v**4 - 16 * v**2 + 5 * v for v in x) / 2

ALPHA = [1.0, 1.2, 3.0, 3.2]
A3 = [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]]
P3 = [[0.3689, 0.1170, 0.2673], [0.4699, 0.4387, 0.7470], [0.1091, 0.8732, 0.5547], [0.03815, 0.5743, 0.8828]]
A6 = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P6 = [[0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
      [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381]]

def hartmann(a, p):
    return lambda x: -sum(
        c * exp(-sum(w * (v - q) ** 2 for w, v, q in zip(row, x, centre)))
        for c, row, centre in zip(ALPHA, a, p))

FUNCTIONS = {
    'branin': ([(-5, 10), (0, 15)], branin, 0.39788735772973816),
    'six-hump camel': ([(-3, 3), (-2, 2)], camel, -1.031628453489877),
    'goldstein-price': ([(-2, 2)] * 2, goldstein, 3.0),
    'hartmann 3': ([(0, 1)] * 3, hartmann(A3, P3), -3.86278214782076),
    'hartmann 6': ([(0, 1)] * 6, hartmann(A6, P6), -3.32236801141551),
    'rosenbrock 4': ([(-5, 10)] * 4, rosenbrock, 0.0),
    'levy 4': ([(-10, 10)] * 4, levy, 0.0),
    'ackley 4': ([(-32.768, 32.768)] * 4, ackley, 0.0),
    'rastrigin 4': ([(-5.12, 5.12)] * 4, rastrigin, 0.0),
    'styblinski-tang 4': ([(-5, 5)] * 4, styblinski, -39.16616570377142 * 4),
}
