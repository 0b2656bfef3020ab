/** Markup that is known to be safe; made by `html` and `trusted` only. */
export class Html {
  constructor(readonly text: string) {}
}

type Value = Html | string | number | null | undefined | false | readonly Value[]

/** A template whose values are escaped, unless they are Html; lists are joined, nothing is left out. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(strings.reduce((text, part, i) => text + textOf(values[i - 1]) + part))
}

/** Marks our own markup (a chart, a style sheet) as safe; never for what came from outside. */
export function trusted(text: string): Html {
  return new Html(text)
}

function textOf(value: Value): string {
  if (value instanceof Html) return value.text
  if (value === null || value === undefined || value === false) return ''
  if (Array.isArray(value)) return value.map(textOf).join('')
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '–'
  return escapeHtml(value as string)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return withoutControls(text).replace(/[&<>"']/g, character => entities[character])
}

/** Drops control characters and those that reverse the direction of text. */
function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** JSON for a data block: nothing in it can end the block. */
export function jsonBlock(value: unknown): Html {
  const asEscape = (character: string) =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return trusted(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, asEscape))
}
