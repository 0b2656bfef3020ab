export function median(values: readonly number[]): number
export function cell(value: string | number, digits?: number): string
