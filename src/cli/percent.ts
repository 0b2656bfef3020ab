/** A share as people read it: 0.8391 -> "83.9 %"; a dash where there is none. */
export function percent(share: number | undefined | null, digits = 1): string {
  return share === undefined || share === null || !Number.isFinite(share)
    ? '–'
    : `${(100 * share).toFixed(digits)} %`
}

/** A duration in seconds as "1 h 02 min", "2 min 05 s" or "8 s". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  const two = (n: number) => String(n).padStart(2, '0')
  if (hours) return `${hours} h ${two(minutes)} min`
  return minutes ? `${minutes} min ${two(whole % 60)} s` : `${whole} s`
}

/** A whole number with commas: 12345 -> "12,345". The language's own formatter costs 20 ms to set up. */
export function thousands(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
}
