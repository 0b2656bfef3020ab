import type { RedisOptions } from 'bullmq'
import { ResumableError, UsageError } from '../../base/index.js'

/** Longest wait for Redis to answer at the start, in milliseconds. */
const patienceMs = 4000

/** The two packages, which a user installs beside Temper; throws UsageError with the line to type. */
export async function queueLibraries() {
  try {
    const [{ Queue, Worker, UnrecoverableError }, { Redis }] = await Promise.all([
      import('bullmq'),
      import('ioredis'),
    ])
    return { Queue, Worker, UnrecoverableError, Redis }
  } catch (error) {
    throw new UsageError(
      `--redis: two packages are missing (${(error as Error).message.split('\n')[0]}). Run: npm install bullmq ioredis`,
    )
  }
}

/** Options of every connection; throws UsageError for what is no address. */
export function connectionOf(url: string): RedisOptions {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !['redis:', 'rediss:'].includes(parsed.protocol) || !parsed.hostname)
    throw new UsageError(`--redis: expected redis://HOST:PORT, received "${withoutPassword(url)}".`)
  const { hostname, port, username, password, pathname, protocol } = parsed
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
    db: Number(pathname.slice(1) || 0),
    ...(protocol === 'rediss:' && { tls: {} }),
    maxRetriesPerRequest: null,
    retryStrategy: tries => Math.min(2000, 50 * tries),
  }
}

/** Waits for Redis to answer once; throws ResumableError (exit 5) within seconds where it does not. */
export async function checkRedis(url: string): Promise<void> {
  const { Redis } = await queueLibraries()
  const connection = connectionOf(url)
  let why = `no answer within ${patienceMs / 1000} s`
  const client = new Redis({
    ...(connection as object),
    lazyConnect: true,
    connectTimeout: patienceMs,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  })
  client.on('error', error => {
    why = error.message || (error as NodeJS.ErrnoException).code || why
  })
  const timer = setTimeout(() => client.disconnect(), patienceMs)
  try {
    await client.connect()
    await client.ping()
  } catch {
    throw new ResumableError(
      `--redis: ${withoutPassword(url)} cannot be reached: ${why}. Nothing was lost; start Redis and run the same command again.`,
    )
  } finally {
    clearTimeout(timer)
    client.disconnect()
  }
}

/** An address that may be shown. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//')
}
