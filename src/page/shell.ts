import { type Html, html, trusted } from './html.js'
import type { Section } from './layout.js'
import { style } from './style.js'

const policy =
  "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** A whole page in one file: no script runs in it and it asks for nothing. */
export function wholePage(title: string, body: Html): string {
  return `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="generator" content="Temper"><title>${title}</title><link rel="icon" href="data:,"><style>${trusted(style)}</style></head><body>${body}</body></html>`
      .text
  }\n`
}

/** Links to the sections of a page. */
export function contents(sections: readonly Section[]): Html {
  return html`<nav aria-label="Contents">${sections.map(({ title }, i) => html`<a href="#s${i + 1}">${title}</a> `)}</nav>`
}

/** A section with its number, as `contents` links to it. */
export function sectionHtml({ title, body }: Section, i: number): Html {
  return html`<section id="s${i + 1}" aria-labelledby="h${i + 1}"><h2 id="h${i + 1}"><span class="number">${i + 1}</span>${title}</h2>${body}</section>`
}
