import { type Html, html, style, trusted } from '../../page/index.js'
import type { Parts, View } from './parts.js'

const own = `
body { max-width: 72rem; }
header { padding-bottom: 1rem; margin-bottom: 2rem; }
h1 { font-size: 1.6rem; margin: 0; }
.bar { display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; align-items: baseline; justify-content: space-between; }
.bar p { margin: 0; font-family: system-ui, sans-serif; font-size: .875rem; }
td:has(input) { text-align: left; padding-right: .4rem; }
#live { font: .8125rem system-ui, sans-serif; color: var(--soft); }
#live.on::before { content: "● "; color: var(--good); }
#live.off::before { content: "○ "; }
tr.chosen > * { background: color-mix(in srgb, var(--series-2) 12%, transparent); }
td.state { text-align: left; } .state .running { color: var(--good); } .state .broken { color: var(--bad); }
input { font: inherit; color: inherit; accent-color: var(--series-2); }
input[type=search] { background: none; border: 0; border-bottom: 1px solid var(--rule); padding: .2rem 0; width: 14rem; font: .875rem system-ui, sans-serif; }
input[type=search]:focus-visible, a:focus-visible { outline: 2px solid var(--series-2); outline-offset: 2px; }
kbd { font: .8em ui-monospace, monospace; border: 1px solid var(--rule); border-radius: 3px; padding: 0 .3em; }
.facts { font: .875rem/1.5 system-ui, sans-serif; }
.facts dt { font-style: normal; color: var(--soft); }
section { margin-bottom: 2.25rem; }
`

/** A whole page around a view; what it holds now is in it, so it reads without a script too. */
export function shell(view: View): string {
  const { title, stream, frame } = view
  const filled = fill(frame.text, view.parts())
  return `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title><link rel="icon" href="data:,"><style>${trusted(style + own)}</style></head><body data-stream="${stream}">${filled}<footer class="bar"><p>Temper only reads here. Keys: <kbd>j</kbd> <kbd>k</kbd> move, <kbd>Enter</kbd> opens, <kbd>x</kbd> marks, <kbd>/</kbd> filters, <kbd>h</kbd> home.</p></footer><script src="/client.js" type="module"></script></body></html>`
      .text
  }\n`
}

/** Puts each part into the element that carries its id as `data-part`. */
function fill(frame: string, parts: Parts): Html {
  const text = frame.replace(
    /(<[a-z]+ id="([a-z-]+)" data-part>)/g,
    (opening, _, id) => opening + (parts[id]?.text ?? ''),
  )
  return trusted(text)
}
