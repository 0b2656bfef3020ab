/** A test for names by a pattern: `*` stands for any text, `?` for one character; all else is literal. */
export function matcher(pattern: string): (name: string) => boolean {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const expression = new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
  return name => expression.test(name)
}
