/**
 * All that runs in the browser, sent as the text of this function: it swaps the parts of the page
 * that changed, and serves the keys, the filter and the marks of the list.
 */
export function client(): void {
  const live = document.getElementById('live')
  const shown = new Map<string, string>()

  function say(isOn: boolean): void {
    if (!live) return
    live.className = isOn ? 'on' : 'off'
    live.textContent = isOn ? 'live' : 'waiting for temper dash'
  }

  function swap(parts: Record<string, string>): void {
    const marked = new Set(marks().map(box => box.dataset.mark))
    for (const [id, text] of Object.entries(parts)) {
      const place = document.getElementById(id)
      if (!place || shown.get(id) === text) continue
      shown.set(id, text)
      place.innerHTML = text
    }
    for (const box of boxes()) box.checked = marked.has(box.dataset.mark)
    choose(chosen)
    filter()
    offerComparison()
  }

  const boxes = () => [...document.querySelectorAll<HTMLInputElement>('input[data-mark]')]
  const marks = () => boxes().filter(box => box.checked)

  function offerComparison(): void {
    const link = document.getElementById('compare') as HTMLAnchorElement | null
    if (!link) return
    const ids = marks().map(box => `run=${encodeURIComponent(box.dataset.mark ?? '')}`)
    link.hidden = ids.length < 2
    link.href = `/run?${ids.slice(0, 6).join('&')}`
  }

  const field = document.getElementById('filter') as HTMLInputElement | null
  function filter(): void {
    const wanted = field?.value.toLowerCase() ?? ''
    for (const link of document.querySelectorAll<HTMLElement>('a[data-row]')) {
      const row = link.closest('tr')
      if (row) row.hidden = !row.textContent?.toLowerCase().includes(wanted)
    }
  }

  let chosen = -1
  const rows = () =>
    [...document.querySelectorAll<HTMLElement>('a[data-row]')].filter(a => !a.closest('tr')?.hidden)
  function choose(index: number): void {
    const links = rows()
    chosen = Math.max(-1, Math.min(links.length - 1, index))
    for (const [i, link] of links.entries())
      link.closest('tr')?.classList.toggle('chosen', i === chosen)
  }

  const keys: Record<string, () => void> = {
    j: () => choose(chosen + 1),
    k: () => choose(Math.max(0, chosen - 1)),
    Enter: () => rows()[chosen]?.click(),
    x: () =>
      rows()[chosen]?.closest('tr')?.querySelector<HTMLInputElement>('input[data-mark]')?.click(),
    '/': () => field?.focus(),
    h: () => location.assign('/'),
  }
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target instanceof HTMLInputElement && event.target.type === 'search') {
      if (event.key === 'Escape') event.target.blur()
      return
    }
    if (event.key === 'Enter' && event.target !== document.body) return
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  })
  document.addEventListener('change', offerComparison)
  field?.addEventListener('input', filter)

  const source = new EventSource(document.body.dataset.stream ?? '')
  source.addEventListener('open', () => say(true))
  source.addEventListener('error', () => say(false))
  source.addEventListener('parts', event => swap(JSON.parse((event as MessageEvent).data)))
}
