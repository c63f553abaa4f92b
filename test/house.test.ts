// The floors of the house: which folder may import which, and what the library may not touch.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'

const SRC = join(import.meta.dirname, '..', 'src')

/** What each floor may import besides itself. host, network, index and cli are files at the top. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  wire: ['lib'],
  uapi: ['lib', 'wire'],
  sim: ['lib', 'uapi'],
  trace: ['lib', 'wire', 'uapi', 'sim'],
  kernel: ['lib', 'wire', 'uapi', 'sim', 'trace'],
  tools: ['lib', 'wire', 'uapi', 'sim', 'trace'],
  os: ['lib', 'wire', 'uapi', 'sim', 'trace'],
  shell: ['lib', 'wire', 'uapi', 'sim', 'trace', 'os'],
  host: ['lib', 'wire', 'uapi', 'sim', 'trace', 'kernel', 'tools', 'os', 'shell'],
  index: ['lib', 'wire', 'uapi', 'sim', 'trace', 'kernel', 'tools', 'os', 'shell', 'host'],
  cli: ['lib', 'wire', 'uapi', 'sim', 'trace', 'kernel', 'tools', 'os', 'shell', 'host', 'index'],
}

/** The only files that import a package. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'ip-address': ['lib/ip4.ts'],
  unbash: ['shell/parse.ts'],
  commander: ['cli.ts', 'cli/'],
  diff: ['cli/'],
  immer: ['kernel/'],
}

function files(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts'))
    .map((f) => join(dir, f))
}

/** Source without comments and string contents: what the rules about words are about. */
function code(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/(['`])(?:\\.|(?!\1)[^\\])*\1/g, "''")
}

function floorOf(path: string): string {
  return relative(SRC, path).split('/')[0]!.replace(/\.ts$/, '')
}

interface Import {
  readonly file: string
  readonly target: string
}

const imports: Import[] = files(SRC).flatMap((file) => {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^(?:import|export|\})[^'\n]* from '([^']+)'$|\bimport\('([^']+)'\)/gm)].map((m) => ({
    file: relative(SRC, file),
    target: (m[1] ?? m[2])!,
  }))
})

test('imports point down the floors', () => {
  const wrong = imports
    .filter((i) => i.target.startsWith('.'))
    .filter((i) => {
      const from = floorOf(join(SRC, i.file))
      const to = floorOf(join(SRC, i.file, '..', i.target))
      return from !== to && !(FLOORS[from] ?? []).includes(to)
    })
  expect(wrong).toEqual([])
})

test('each package is imported only where it belongs', () => {
  const wrong = imports
    .filter((i) => !i.target.startsWith('.') && !i.target.startsWith('node:'))
    .filter(
      (i) =>
        !(PACKAGES[i.target] ?? []).some(
          (allowed) => i.file === allowed || (allowed.endsWith('/') && i.file.startsWith(allowed)),
        ),
    )
  expect(wrong).toEqual([])
})

test('the library uses no Node API, no wall clock and no unseeded randomness', () => {
  const wrong = files(SRC)
    .filter((f) => !/^cli(\.ts|\/)/.test(relative(SRC, f)))
    .filter((f) =>
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bset(Timeout|Interval|Immediate)\(|\bprocess\./.test(code(f)),
    )
    .map((f) => relative(SRC, f))
  const node = imports.filter((i) => i.target.startsWith('node:') && !/^cli(\.ts|\/)/.test(i.file))
  expect([...wrong, ...node]).toEqual([])
})

test('no default exports, no any, no suppressed checks', () => {
  const wrong = files(SRC)
    .filter(
      (f) =>
        /export default|:\s*any\b|\bas any\b/.test(code(f)) ||
        /@ts-(ignore|expect)|biome-ignore/.test(readFileSync(f, 'utf8')),
    )
    .map((f) => relative(SRC, f))
  expect(wrong).toEqual([])
})

test('files stay small', () => {
  const long = files(SRC)
    .map((f) => ({ file: relative(SRC, f), lines: readFileSync(f, 'utf8').split('\n').length }))
    .filter((f) => f.lines > 420)
  expect(long).toEqual([])
})
