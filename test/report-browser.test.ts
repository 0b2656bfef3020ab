import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderReport } from '../src/report/index.js'
import { fullInput } from './support/report-input.js'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const missing = !existsSync(executablePath)
if (missing) console.log(`report in a browser: skipped, no Chromium at ${executablePath}`)

describe.skipIf(missing)('the report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'temper-report-'))
  const file = join(folder, 'report.html')
  let browser: Browser
  const heard: string[] = []
  const requests: string[] = []

  beforeAll(async () => {
    writeFileSync(file, renderReport(fullInput))
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ]
    browser = await chromium.launch({ executablePath, args })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  async function open(options: { width: number; colorScheme: 'light' | 'dark' }): Promise<Page> {
    const { width, colorScheme } = options
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    page.on('console', message => heard.push(message.text()))
    page.on('pageerror', error => heard.push(String(error)))
    page.on('request', request => requests.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    return page
  }

  it('opens without a complaint and asks for nothing but itself', async () => {
    const page = await open({ width: 1200, colorScheme: 'light' })
    expect(heard).toEqual([])
    expect(requests.filter(url => !url.startsWith('data:'))).toEqual([pathToFileURL(file).href])
    await page.close()
  })

  it('shows every figure and image, and neither NaN nor undefined', async () => {
    const page = await open({ width: 1200, colorScheme: 'light' })
    const seen = await page.evaluate(() => ({
      text: document.body.textContent?.replace(/\{"scorecards.*/s, ''),
      attributes: [...document.querySelectorAll('svg *')]
        .flatMap(e => [...e.attributes].map(a => a.value))
        .join(' '),
      figures: [...document.querySelectorAll('figure svg.chart')].map(
        e => e.getBoundingClientRect().height,
      ),
      images: [...document.querySelectorAll('img')].map(
        i => i.complete && i.naturalWidth > 0 && i.alt !== '',
      ),
      lines: [...document.querySelectorAll('figure [aria-label=line] path')].map(
        e => getComputedStyle(e.parentElement!).stroke,
      ),
    }))
    expect(seen.text).not.toMatch(/NaN|undefined|null|\[object/)
    expect(seen.attributes).not.toMatch(/NaN|undefined/)
    expect(seen.figures.length).toBeGreaterThanOrEqual(12)
    expect(Math.min(...seen.figures)).toBeGreaterThan(80)
    expect(seen.images).toEqual(new Array(18).fill(true))
    expect(new Set(seen.lines).size).toBeGreaterThanOrEqual(2)
    expect(seen.lines).not.toContain('none')
    await page.close()
  })

  it.each(['light', 'dark'] as const)(
    'has text of contrast 4.5 at least, %s',
    async colorScheme => {
      const page = await open({ width: 1200, colorScheme })
      expect(await page.evaluate(poorContrast)).toEqual([])
      await page.close()
    },
  )

  it('does not scroll sideways on a telephone', async () => {
    const page = await open({ width: 360, colorScheme: 'dark' })
    const [content, window] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ])
    expect(content).toBeLessThanOrEqual(window)
    await page.close()
  })

  it('prints in the light colours', async () => {
    const page = await open({ width: 1200, colorScheme: 'dark' })
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    const paper = await page.evaluate(
      () => getComputedStyle(document.documentElement).backgroundColor,
    )
    expect(paper).toBe('rgb(255, 255, 255)')
    await page.close()
  })
})

/** Runs in the page: texts whose contrast to the paper (WCAG 2.2) is below 4.5. */
function poorContrast(): string[] {
  const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number)
  const linear = (v: number) =>
    v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4
  const luminance = (color: string) => {
    const [r, g, b] = channels(color).map(linear)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const paper = luminance(getComputedStyle(document.documentElement).backgroundColor)
  return [...document.querySelectorAll('body *')].flatMap(element => {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent?.trim())
    if (!own || /^(script|title)$/i.test(element.tagName)) return []
    const style = getComputedStyle(element)
    const ink = luminance(element instanceof SVGElement ? style.fill : style.color)
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)
    return ratio < 4.5 ? [`${ratio.toFixed(2)} ${element.textContent}`] : []
  })
}
