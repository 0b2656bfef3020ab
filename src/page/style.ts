const light = `
  --paper: #fffefb; --ink: #1d1c1a; --soft: #5a5751; --rule: #d8d4ca; --strong-rule: #1d1c1a;
  --series-1: #8a5200; --series-2: #1b5fa8; --series-3: #7a3b92; --series-4: #2a6a46;
  --series-5: #a0304f; --series-6: #4c5a66; --heat: #d2560f; --good: #1b6b3a; --bad: #a8281c;`

const dark = `
  --paper: #16181b; --ink: #e9e6df; --soft: #aba79e; --rule: #3a3d42; --strong-rule: #8d897f;
  --series-1: #e2a75c; --series-2: #80b6f3; --series-3: #cba1e3; --series-4: #8acb9f;
  --series-5: #ef8fa8; --series-6: #a9b7c3; --heat: #e2662a; --good: #84d2a0; --bad: #f39a8a;`

/** The page's look: a paper's typography, tables with rules above and below, no boxes. */
export const style = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 62rem; padding: 3.5rem 1.5rem 5rem;
  font: 1.0625rem/1.55 Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Georgia, "Noto Serif", serif;
}
header { border-bottom: 1px solid var(--rule); padding-bottom: 1.75rem; margin-bottom: 2.5rem; }
.kicker, table, figcaption, .caption, .legend, svg.chart, footer, nav, .decision, pre, summary, .note {
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
.kicker { margin: 0 0 .75rem; font-size: .8125rem; color: var(--soft); }
h1 { margin: 0 0 1.25rem; font-size: clamp(1.7rem, 4vw, 2.35rem); line-height: 1.2; font-weight: 600; letter-spacing: -.01em; text-wrap: balance; }
.verdict { margin: 0; max-width: 44rem; font-size: 1.2rem; line-height: 1.5; }
.warning { margin: .9rem 0 0; max-width: 44rem; } .warning b { color: var(--bad); }
.verdict + .verdict { margin-top: .6rem; }
nav { margin-top: 1.5rem; font-size: .8125rem; color: var(--soft); }
nav a { color: inherit; margin-right: 1.1rem; white-space: nowrap; text-underline-offset: .2em; text-decoration-color: var(--rule); }
section { margin: 0 0 3.25rem; }
h2 { margin: 0 0 .9rem; font-size: 1.3rem; line-height: 1.3; font-weight: 600; }
h2 .number { color: var(--soft); font-weight: 400; margin-right: .55rem; }
h3 { margin: 1.75rem 0 .5rem; font-size: 1.0625rem; }
p { max-width: 42rem; margin: 0 0 1rem; }
a { color: var(--series-2); }
.note { font-size: .8125rem; line-height: 1.5; color: var(--soft); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1.75rem 2.25rem; align-items: start; }
.figures > figure { max-width: 32rem; }
.wide { max-width: 42rem; margin-bottom: 1.75rem; }
.figures.small { grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); }
.figures > .square { max-width: 21rem; }
.figures:not(:last-child) { margin-bottom: 2.25rem; }
figure { margin: 0; break-inside: avoid; }
figure + figure { margin-top: 0; }
figcaption, .caption { font-size: .8125rem; line-height: 1.45; color: var(--soft); text-align: left; }
figcaption { margin-top: .35rem; max-width: 42rem; }
figcaption b, .caption b { color: var(--ink); font-weight: 600; }
svg.chart { display: block; font-size: 11px; width: 100%; height: auto; overflow: visible; }
svg.chart text { white-space: pre; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 .9rem; font-size: .875rem; }
.legend span, .model { white-space: nowrap; }
.swatch { vertical-align: .1em; margin-right: .3em; }
.scroll { position: relative; overflow-x: auto; margin: 0 0 1rem; }
.scroll:focus-visible { outline: 2px solid var(--series-2); outline-offset: 3px; }
table { border-collapse: collapse; width: 100%; font-size: .8438rem; line-height: 1.4; font-variant-numeric: tabular-nums; border-bottom: 1.5px solid var(--strong-rule); }
.caption { margin: 0 0 .5rem; max-width: 46rem; break-after: avoid; }
thead { border-top: 1.5px solid var(--strong-rule); border-bottom: 1px solid var(--strong-rule); }
th, td { padding: .36rem .8rem .36rem 0; text-align: right; vertical-align: baseline; font-weight: 400; white-space: nowrap; }
th:last-child, td:last-child { padding-right: .1rem; }
thead th { font-weight: 600; vertical-align: bottom; white-space: normal; }
th.words, td.words { text-align: left; }
td.wrap { white-space: normal; min-width: 14rem; text-align: left; }
tbody th { text-align: left; white-space: normal; min-width: 8rem; }
tbody tr + tr { border-top: 1px solid var(--rule); }
tbody tr.more { border-top: 0; }
tbody tr.more > * { padding-top: 0; }
tbody tr.group { border-top: 1px solid var(--strong-rule); }
tbody tr.group th { font-weight: 600; padding-top: .6rem; }
tbody tr.group + tr { border-top: 0; }
.interval { display: block; color: var(--soft); font-size: .9em; }
.explained { white-space: normal; max-width: 15rem; margin-left: auto; }
.inline { color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); }
.compact { width: auto; min-width: min(100%, 30rem); }
.strip { width: auto; font-size: .75rem; }
.strip th, .strip td { text-align: left; vertical-align: top; padding: .55rem .7rem .55rem 0; }
.strip tbody th { min-width: 4.2rem; }
.strip .swatch { width: 14px; }
.strip img { display: block; width: 5.25rem; height: auto; image-rendering: pixelated; background: #000; margin-bottom: .35rem; }
.strip .wave { display: block; width: 5.25rem; height: 2.1rem; color: var(--soft); }
.strip audio { display: block; width: 8.5rem; height: 2rem; margin: .2rem 0 .35rem; }
.strip .answer { display: block; line-height: 1.45; }
.strip tbody th { font-weight: 600; }
.provenance th, .provenance td { text-align: left; vertical-align: top; white-space: normal; overflow-wrap: anywhere; }
.provenance tbody th { white-space: nowrap; color: var(--soft); }
code, .hash { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em; }
.hash { overflow-wrap: anywhere; white-space: normal; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.25rem; max-width: 46rem; margin: 0 0 1rem; }
dt { font-style: italic; } dd { margin: 0; }
ul.plain { list-style: none; margin: 0 0 1rem; padding: 0; max-width: 46rem; }
details { margin: 0 0 1rem; } summary { cursor: pointer; font-size: .875rem; }
pre { overflow-x: auto; font: .75rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; border-left: 2px solid var(--rule); padding-left: 1rem; }
footer { border-top: 1px solid var(--rule); padding-top: 1rem; font-size: .8125rem; color: var(--soft); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 40rem) {
  body { padding: 1.75rem 1rem 3rem; font-size: 1rem; }
  .verdict { font-size: 1.08rem; }
  table { font-size: .78rem; } th, td { padding-right: .55rem; } tbody th { min-width: 6.5rem; }
  dl { grid-template-columns: 1fr; gap: .1rem; } dd { margin-bottom: .6rem; }
}
@media print {
  :root { ${light} --paper: #fff; color-scheme: light; }
  @page { margin: 16mm; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav { display: none; }
  .scroll { overflow: visible; }
  .compact { width: auto; min-width: min(100%, 30rem); }
.strip { font-size: .58rem; } .strip img, .strip .wave { width: 3.6rem; } .strip audio { display: none; }
  .strip th, .strip td { padding-right: .3rem; } .strip .swatch { width: 10px; }
  table { font-size: .72rem; }
  h2 { break-after: avoid; }
  tr { break-inside: avoid; }
  details:not([open]) { display: none; }
}
`
