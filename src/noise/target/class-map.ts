import { expected, Random, UsageError } from '../../base/index.js'
import { share } from '../level.js'
import type { TargetNoise } from '../types.js'
import { classOf, defineTarget, exchange } from './define.js'

interface ClassMap {
  readonly kind: string
  readonly what: string
  readonly paper: string
  /** How many classes the map is for; any by default. */
  readonly classes?: number
  /** The class that another turns into; itself where it does not. */
  next(from: number, classes: number): number
}

/** With probability rate a class becomes the one that a fixed map gives it. */
export function defineClassMap({ kind, what, paper, classes, next }: ClassMap): TargetNoise {
  return defineTarget({
    kind,
    what,
    paper,
    form: 'classes',
    unit: 'share of labels flipped, of the classes that flip',
    levels: { rate: share('probability of flipping', 0.2) },
    identity: { rate: 0 },
    apply(y, out, { rate }, key) {
      if (classes && y.length !== classes)
        throw new UsageError(expected(kind, `targets of ${classes} classes`, y.length))
      const from = classOf(y)
      const flipped = new Random(key).float() < rate
      exchange(y, out, from, flipped ? next(from, y.length) : from)
    },
  })
}

const papers = 'Patrini et al. 2017, Making deep neural networks robust to label noise'

export const pairFlip = defineClassMap({
  kind: 'pair_flip',
  what: 'Turns a share of the labels into the next class, the last into the first.',
  paper: 'Han et al. 2018, Co-teaching: robust training with extremely noisy labels',
  next: (from, classes) => (from + 1) % classes,
})

const mapped = (pairs: Readonly<Record<number, number>>) => (from: number) => pairs[from] ?? from

export const asymmetricMnist = defineClassMap({
  kind: 'asymmetric_mnist',
  what: 'Turns a share of the digits into their look-alikes: 7 to 1, 2 to 7, 3 to 8, 5 and 6 into each other.',
  paper: papers,
  classes: 10,
  next: mapped({ 7: 1, 2: 7, 3: 8, 5: 6, 6: 5 }),
})

export const asymmetricCifar10 = defineClassMap({
  kind: 'asymmetric_cifar10',
  what: 'Turns a share of CIFAR-10 into their look-alikes: truck to automobile, bird to airplane, deer to horse, cat and dog into each other.',
  paper: papers,
  classes: 10,
  next: mapped({ 9: 1, 2: 0, 4: 7, 3: 5, 5: 3 }),
})

/** The superclass of each class of CIFAR-100, by number (Krizhevsky 2009). */
export const cifar100Superclasses = [
  4, 1, 14, 8, 0, 6, 7, 7, 18, 3, 3, 14, 9, 18, 7, 11, 3, 9, 7, 11, 6, 11, 5, 10, 7, 6, 13, 15, 3,
  15, 0, 11, 1, 10, 12, 14, 16, 9, 11, 5, 5, 19, 8, 8, 15, 13, 14, 17, 18, 10, 16, 4, 17, 4, 2, 0,
  17, 4, 18, 17, 10, 3, 2, 12, 12, 16, 12, 1, 9, 19, 2, 10, 0, 1, 16, 12, 9, 13, 15, 13, 16, 19, 2,
  4, 6, 19, 5, 5, 8, 19, 18, 1, 2, 15, 6, 0, 17, 8, 14, 13,
]

export const asymmetricCifar100 = defineClassMap({
  kind: 'asymmetric_cifar100',
  what: 'Turns a share of CIFAR-100 into the next class of their superclass, the last into the first.',
  paper: papers,
  classes: 100,
  next(from) {
    const family = [...cifar100Superclasses.keys()].filter(
      other => cifar100Superclasses[other] === cifar100Superclasses[from],
    )
    return family[(family.indexOf(from) + 1) % family.length]
  },
})
