import { createHash, timingSafeEqual } from 'node:crypto'

/** What of a request is judged. */
export interface Request {
  readonly method: string
  readonly host: string | undefined
  readonly origin: string | undefined
  /** Sec-Fetch-Site, sent by browsers. */
  readonly site: string | undefined
  readonly cookie: string | undefined
  /** `token` of the address. */
  readonly token: string | undefined
}

export type Judgement = 'pass' | 'sign in' | { readonly status: 403 | 405; readonly reason: string }

/** Judges requests to one server; the port is known once it listens. */
export class Guard {
  constructor(
    private readonly token: string,
    private readonly port: number,
  ) {}

  get cookieName(): string {
    return `temper-${this.port}`
  }

  /**
   * Host must be this machine's own name, so that no foreign name resolved to it reads anything;
   * Origin and Sec-Fetch-Site must be this page's; the token comes once in the address, then as a cookie.
   */
  judge(request: Request): Judgement {
    const { method, host, origin, site } = request
    if (method !== 'GET' && method !== 'HEAD')
      return { status: 405, reason: 'This page only shows; it takes no other request.' }
    const names = ['127.0.0.1', 'localhost', '[::1]'].map(name => `${name}:${this.port}`)
    if (!host || !names.includes(host))
      return { status: 403, reason: 'Open this page by its own address, on 127.0.0.1.' }
    if (origin !== undefined && origin !== `http://${host}`)
      return { status: 403, reason: 'Other pages may not read this one.' }
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      return { status: 403, reason: 'Other pages may not read this one.' }
    if (request.token !== undefined && same(request.token, this.token)) return 'sign in'
    if (this.cookies(request.cookie).some(value => same(value, this.token))) return 'pass'
    return { status: 403, reason: 'Open the address that temper dash printed; it holds the key.' }
  }

  private cookies(header = ''): string[] {
    return header
      .split(';')
      .map(pair => pair.trim().split('='))
      .filter(([name]) => name === this.cookieName)
      .map(([, value = '']) => value)
  }
}

/** Equality in a time that tells nothing of where they differ. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** On every answer: nothing from elsewhere, no frame, no copy kept. */
export const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}
