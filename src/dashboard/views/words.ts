/** "12 s", "4 min", "2 h", "3 days": rounded, so that a page changes once a minute at most. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1000)
  if (seconds < 90) return 'under 2 min'
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} days`
}

/** The address of a page about some runs. */
export function address(page: string, ids: readonly string[]): string {
  return `/${page}?${ids.map(id => `run=${encodeURIComponent(id)}`).join('&')}`
}
