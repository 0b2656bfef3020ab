/** Solves a small linear system given as rows of coefficients and right side; Gauss-Jordan, largest pivot. */
export function solveLinear(rows: readonly (readonly number[])[]): number[] {
  const m = rows.map(row => [...row])
  const n = m.length
  for (let column = 0; column < n; column++) {
    let best = column
    for (let r = column + 1; r < n; r++)
      if (Math.abs(m[r][column]) > Math.abs(m[best][column])) best = r
    ;[m[column], m[best]] = [m[best], m[column]]
    const pivot = m[column][column]
    m[column] = m[column].map(value => value / pivot)
    for (let r = 0; r < n; r++) {
      const factor = r === column ? 0 : m[r][column]
      if (factor) m[r] = m[r].map((value, k) => value - factor * m[column][k])
    }
  }
  return m.map(row => row[n])
}
