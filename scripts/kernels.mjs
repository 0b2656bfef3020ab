// Compiles src/kernels/assembly (AssemblyScript, SIMD) into src/kernels/generated.ts: the module
// as base64 text, so that Node and browsers load it without a file or a request. Skips what is
// up to date: the first line holds a hash of the sources.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const sources = join(root, 'src/kernels/assembly')
const target = join(root, 'src/kernels/generated.ts')
const options = ['--runtime', 'stub', '--importMemory', '--noExportMemory', '--use', 'abort=']
const flags = [...options, '--enable', 'simd', '--noAssert', '-O3']

function hashSources() {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)))
  for (const name of readdirSync(sources).sort())
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(sources, name)))
  return hash.digest('hex')
}

async function compile() {
  const { default: asc } = await import('assemblyscript/asc')
  let binary
  const { error, stderr } = await asc.main(['index.ts', '--outFile', 'out.wasm', ...flags], {
    readFile: (name, folder) => {
      const path = join(folder === '.' ? sources : folder, name)
      return existsSync(path) ? readFileSync(path, 'utf8') : null
    },
    writeFile: (name, contents) => {
      if (name === 'out.wasm') binary = contents
    },
    listFiles: () => [],
  })
  if (error || !binary) throw new Error(`the kernels do not compile: ${error}\n${stderr}`)
  return Buffer.from(binary).toString('base64')
}

export default async function buildKernels() {
  const stamp = `// ${hashSources()}`
  if (existsSync(target) && readFileSync(target, 'utf8').startsWith(stamp)) return
  const text = `${stamp}\n/** The compiled kernels (src/kernels/assembly), base64. */\nexport const kernelModule =\n  '${await compile()}'\n`
  writeFileSync(`${target}.part`, text)
  renameSync(`${target}.part`, target)
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await buildKernels()
