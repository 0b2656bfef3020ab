/** One batch of a regression model's answers. */
export interface Values {
  readonly samples: number
  /** Numbers a sample. */
  readonly columns: number
  /** [samples, columns] */
  readonly outputs: ArrayLike<number>
  /** [samples, columns], where they are known. */
  readonly targets?: ArrayLike<number>
  /** The outputs without noise, where they are known. */
  readonly clean?: ArrayLike<number>
}
