// Pathname expansion over the file tree: *, ?, [], extglob, ** with globstar. Names in byte order, as with LC_ALL=C.

import { hasMagic, matches, unescapePattern } from '../lib/pattern.ts'
import type { ProcessSys } from '../os/sys.ts'

export interface GlobOptions {
  readonly dotglob: boolean
  readonly globstar: boolean
  readonly nocase: boolean
}

function isDirectory(sys: ProcessSys, path: string): boolean {
  const s = sys.stat(path)
  return s.ok && s.value.type === 'directory'
}

function namesIn(sys: ProcessSys, dir: string): readonly string[] {
  const r = sys.readDir(dir === '' ? '.' : dir)
  return r.ok ? r.value : []
}

function hidden(name: string, pattern: string, o: GlobOptions): boolean {
  return name.startsWith('.') && !o.dotglob && !/^\\?\./.test(pattern)
}

/** All directories below one, itself first. */
function treeOf(sys: ProcessSys, base: string, o: GlobOptions): string[] {
  const out = [base]
  for (const name of namesIn(sys, base)) {
    if (name.startsWith('.') && !o.dotglob) continue
    const s = sys.lstat(base + name)
    if (s.ok && s.value.type === 'directory') out.push(...treeOf(sys, `${base}${name}/`, o))
  }
  return out
}

function expandComponent(sys: ProcessSys, base: string, part: string, last: boolean, o: GlobOptions): string[] {
  if (part === '**' && o.globstar) {
    const dirs = treeOf(sys, base, o)
    if (!last) return dirs
    return dirs.flatMap((d) => [
      d,
      ...namesIn(sys, d)
        .filter((n) => !n.startsWith('.') && !isDirectory(sys, d + n))
        .map((n) => d + n),
    ])
  }
  const out: string[] = []
  for (const name of namesIn(sys, base)) {
    if (hidden(name, part, o) || !matches(part, name, sys, o.nocase)) continue
    if (last) out.push(base + name)
    else if (isDirectory(sys, base + name)) out.push(`${base}${name}/`)
  }
  return out
}

/** The names that a pattern matches, sorted; empty when none does. */
export function expandGlob(sys: ProcessSys, pattern: string, o: GlobOptions): string[] {
  let bases = ['']
  const parts = pattern.split('/')
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1
    if (hasMagic(part)) {
      bases = bases.flatMap((b) => expandComponent(sys, b, part, last, o))
      continue
    }
    const plain = unescapePattern(part)
    bases = bases.map((b) => (last ? b + plain : `${b}${plain}/`))
    if (last && plain !== '') bases = bases.filter((b) => sys.lstat(b).ok)
  }
  return bases.filter((b) => b !== '').sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
