import { type Html, html, trusted } from './html.js'
import type { Look } from './looks.js'

/** A numbered part of the page. */
export interface Section {
  readonly title: string
  readonly body: Html
}

/** Counts figures and tables, so that captions can name them. */
export class Numbering {
  private figures = 0
  private tables = 0

  /** A figure with its numbered caption. */
  figure(content: Html, caption: Html, kind = ''): Html {
    this.figures++
    return html`<figure class="${kind}">${content}<figcaption><b>Figure ${this.figures}.</b> ${caption}</figcaption></figure>`
  }

  /** A table with its numbered caption, its rows in one body or several; wide ones scroll in their own frame. */
  table(caption: Html, head: Html, body: Html | readonly Html[], kind = ''): Html {
    this.tables++
    const id = `t${this.tables}`
    return html`<p class="caption" id="${id}"><b>Table ${this.tables}.</b> ${caption}</p><div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table class="${kind}" aria-labelledby="${id}"><thead>${head}</thead>${[body].flat().map(rows => html`<tbody>${rows}</tbody>`)}</table></div>`
  }
}

export function chartHtml(svg: SVGSVGElement): Html {
  return trusted(svg.outerHTML)
}

/** A short sample of a model's line. */
export function swatch({ color, dash }: Look): Html {
  return html`<svg class="swatch" width="22" height="8" viewBox="0 0 22 8" aria-hidden="true"><line x1="1" y1="4" x2="21" y2="4" stroke="${color}" stroke-width="2.4" stroke-dasharray="${dash ?? 'none'}"/></svg>`
}

/** Names beside samples of their lines; nothing for a single one. */
export function legend(
  entries: readonly { readonly name: string; readonly color: string; readonly dash?: string }[],
): Html {
  if (entries.length < 2) return html``
  return html`<p class="legend">${entries.map(entry => html`<span>${swatch(entry)} ${entry.name}</span>`)}</p>`
}
