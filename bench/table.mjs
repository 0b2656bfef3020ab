// Of alternating blocks: medians, and the cells of a table.

export const median = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

export const cell = (value, digits = 2) =>
  (typeof value === 'number' ? value.toFixed(digits) : value).padStart(11)
