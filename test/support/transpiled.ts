import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'

const source = resolve(import.meta.dirname, '../../src')

/**
 * Some rooms as JavaScript in a folder of their own, for tests that fork a child: a forked process
 * cannot read TypeScript, and `dist` may be older than the source. Bare imports resolve as usual.
 * Returns what writes an entry module beside them.
 */
export function transpiledRooms(...rooms: string[]): (name: string, code: string) => URL {
  const cache = resolve(source, '../node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const root = mkdtempSync(join(cache, 'temper-rooms-'))
  process.once('exit', () => rmSync(root, { recursive: true, force: true }))
  copyFileSync(resolve(source, '../package.json'), join(root, 'package.json'))
  const folder = join(root, 'dist')
  mkdirSync(folder)
  for (const room of rooms) transpile(join(source, room), folder)
  return (name, code) => {
    writeFileSync(join(folder, name), code)
    return pathToFileURL(join(folder, name))
  }
}

function transpile(room: string, folder: string): void {
  const names = readdirSync(room, { recursive: true, encoding: 'utf8' })
  // AssemblyScript is another language.
  const isOurs = (n: string) =>
    n.endsWith('.ts') && !n.endsWith('.test.ts') && !n.startsWith('assembly')
  for (const name of names.filter(isOurs)) {
    const { outputText } = ts.transpileModule(readFileSync(join(room, name), 'utf8'), {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
        verbatimModuleSyntax: true,
      },
    })
    const path = join(folder, relative(source, room), name.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, outputText)
  }
}
