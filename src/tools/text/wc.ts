// wc(1) of coreutils: -l -w -c -m -L, several files with a total, its column widths.
import type { MainResult, Sys, Wait } from '../../uapi/program.ts'
import { textOf } from '../lib/bytes.ts'
import { closeInput, openInput, readAll } from './input.ts'
import { parseOptions } from './options.ts'

/** lines, words, characters, bytes, longest line: the order in which wc prints them. */
type Counts = readonly [number, number, number, number, number]
const LETTERS = 'lwmcL'

export function wc(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, argv, 'lwcmL', [
    { name: 'lines', arg: 'none', opt: 'l' },
    { name: 'words', arg: 'none', opt: 'w' },
    { name: 'bytes', arg: 'none', opt: 'c' },
    { name: 'chars', arg: 'none', opt: 'm' },
    { name: 'max-line-length', arg: 'none', opt: 'L' },
  ])
  if (typeof p === 'number') return p
  const asked = new Set(p.items.map((i) => i.opt))
  const shown = [...LETTERS].map((l) => (asked.size === 0 ? 'lwc'.includes(l) : asked.has(l)))
  return run(sys, p.rest, shown)
}

function* run(sys: Sys, operands: readonly string[], shown: readonly boolean[]): Generator<Wait, number, void> {
  let code = 0
  const rows: { counts: Counts; name: string }[] = []
  let size = 0
  let irregular = operands.length === 0
  for (const name of operands.length === 0 ? ['-'] : operands) {
    const fd = openInput(sys, 'wc', name)
    if (fd === null) {
      code = 1
      continue
    }
    const stat = name === '-' ? null : sys.stat(name)
    if (stat === null || !stat.ok || stat.value.type !== 'file') irregular = true
    else size += stat.value.size
    rows.push({ counts: count(yield* readAll(sys, fd)), name: operands.length === 0 ? '' : name })
    closeInput(sys, fd)
  }
  if (operands.length > 1) rows.push({ counts: total(rows.map((r) => r.counts)), name: 'total' })
  // One number of one file stands alone; else columns are as wide as the total size, 7 where that is not known.
  const single = shown.filter(Boolean).length === 1 && operands.length <= 1
  const width = single ? 1 : irregular ? 7 : String(size).length
  for (const { counts, name } of rows) {
    const cells = counts.filter((_, i) => shown[i]).map((n) => String(n).padStart(width))
    sys.write(1, `${cells.join(' ')}${name === '' ? '' : ` ${name}`}\n`)
  }
  return code
}

function count(bytes: Uint8Array): Counts {
  const text = textOf(bytes)
  const lines = text.split('\n')
  const longest = Math.max(...lines.map((l) => [...l].length))
  return [lines.length - 1, text.split(/[ \t\n\v\f\r]+/).filter((w) => w !== '').length, [...text].length, bytes.length, longest]
}

function total(all: readonly Counts[]): Counts {
  const sum = (i: 0 | 1 | 2 | 3): number => all.reduce((n, c) => n + c[i], 0)
  return [sum(0), sum(1), sum(2), sum(3), Math.max(0, ...all.map((c) => c[4]))]
}
