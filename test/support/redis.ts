import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A Redis of its own on a free loopback port, keeping nothing on disk. */
export interface TestRedis {
  readonly url: string
  /** Ends it as a power cut does, and starts an empty one on the same port. */
  restart(): Promise<void>
  stop(): void
}

/** Starts one; nothing where `redis-server` is not installed. */
export async function startRedis(): Promise<TestRedis | undefined> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'temper-redis-'))
  let server: ChildProcess | undefined
  const start = async () => {
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    server = spawn('redis-server', [...args, '--dir', folder], { stdio: 'ignore' })
    const missing = new Promise<boolean>(resolve => server?.once('error', () => resolve(false)))
    return Promise.race([missing, listening(port)])
  }
  if (!(await start())) return undefined
  const stop = () => void server?.kill('SIGKILL')
  return {
    url: `redis://127.0.0.1:${port}`,
    async restart() {
      const gone = new Promise(resolve => server?.once('exit', resolve))
      stop()
      await gone
      await start()
    },
    stop() {
      stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

async function listening(port: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    const open = await new Promise(resolve => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () =>
        resolve(false),
      )
      socket.on('connect', () => socket.destroy())
    })
    if (open) return true
    await sleep(50)
  }
  return false
}
