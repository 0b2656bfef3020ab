import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dashboard, startDashboard } from '../src/dashboard/index.js'
import { run } from './support/report-input.js'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const missing = !existsSync(executablePath)
if (missing) console.log(`dashboard in a browser: skipped, no Chromium at ${executablePath}`)

describe.skipIf(missing)('the dashboard in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'temper-dash-browser-'))
  const heard: string[] = []
  const asked = new Set<string>()
  let dashboard: Dashboard
  let browser: Browser
  let page: Page

  const log = (name: string) => join(folder, name, 'events.jsonl')
  const lines = (name: string) => run(name, 0.8).events.map(event => `${JSON.stringify(event)}\n`)

  beforeAll(async () => {
    for (const name of ['plain', 'tempered']) {
      mkdirSync(join(folder, name))
      writeFileSync(log(name), lines(name).slice(0, 6).join(''))
    }
    dashboard = await startDashboard({ folder, port: 0, everyMs: 50 })
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ]
    browser = await chromium.launch({ executablePath, args })
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
    page.on('console', message => heard.push(message.text()))
    page.on('pageerror', error => heard.push(String(error)))
    page.on('request', request => asked.add(new URL(request.url()).host))
    await page.goto(dashboard.url)
  })
  afterAll(async () => {
    await browser?.close()
    await dashboard?.close()
    rmSync(folder, { recursive: true })
  })

  it('lists the runs, is live, and keeps the key out of the address', async () => {
    await page.waitForSelector('#live.on')
    expect(page.url()).toBe(`http://127.0.0.1:${dashboard.port}/`)
    expect(await page.locator('a[data-row]').allTextContents()).toEqual(['plain', 'tempered'])
  })

  it('opens a run by keys and shows what comes while it is open', async () => {
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/run?run=tempered')
    await page.waitForSelector('#live.on')
    expect(await page.locator('#state').textContent()).toContain('Epoch2, loss')
    appendFileSync(log('tempered'), lines('tempered').slice(6).join(''))
    await page.waitForFunction(() =>
      document.querySelector('#state')?.textContent?.includes('Epoch5'),
    )
    expect(await page.locator('#log').textContent()).toContain('best noisy accuracy')
    expect(await page.locator('svg.chart').count()).toBeGreaterThanOrEqual(3)
  })

  it('filters and compares', async () => {
    await page.keyboard.press('h')
    await page.waitForSelector('a[data-row]')
    await page.keyboard.press('/')
    await page.keyboard.type('temp')
    expect(await page.locator('a[data-row]:visible').allTextContents()).toEqual(['tempered'])
    await page.locator('#filter').fill('')
    for (const box of await page.locator('input[data-mark]').all()) await box.check()
    await page.locator('#compare').click()
    await page.waitForURL('**/run?run=*&run=*')
    expect(await page.locator('.legend').first().textContent()).toMatch(
      /plain.*tempered|tempered.*plain/,
    )
  })

  it('does not scroll sideways on a telephone', async () => {
    await page.setViewportSize({ width: 360, height: 800 })
    const wide = () => document.documentElement.scrollWidth - document.documentElement.clientWidth
    expect(await page.evaluate(wide)).toBeLessThanOrEqual(0)
  })

  it('says so when the server is gone; asked nobody else, and no complaint', async () => {
    expect(heard).toEqual([])
    expect([...asked]).toEqual([`127.0.0.1:${dashboard.port}`])
    await dashboard.close()
    await page.waitForSelector('#live.off')
  })
})
