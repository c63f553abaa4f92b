// Bytes made visible: od(1) of coreutils (-A -b -c -d -o -x -j -N -t a|c|[doux][1248] with z, -v, -w),
// hexdump(1) (-C -n -s -v and the default) and xxd(1) (-p -c -g -l -s -u). Refused by name: od -S and floats, hexdump's
// formats, xxd -b -r -i -e.
import { strerror } from '../../lib/errno.ts'
import { fail, type MainResult, type Sys, type Wait } from '../../uapi/program.ts'
import { getopt } from '../lib/getopt.ts'
import { notModelled } from '../lib/refuse.ts'
import { closeInput, openInput, readAll } from './input.ts'
import { parseOptions } from './options.ts'
import { Output } from './output.ts'

/** One way of showing a row; `total` is how many bytes a full row has. */
type Show = (row: string, total: number) => string

interface Layout {
  readonly width: number
  readonly shows: readonly Show[]
  /** Null: no offsets. */
  readonly offset: ((n: number) => string) | null
  readonly skip: number
  readonly count: number
  readonly all: boolean
}

const hex = (n: number, w: number): string => n.toString(16).padStart(w, '0')

function printable(row: string): string {
  return row.replace(/[^ -~]/g, '.')
}

/** Equal rows are shown once, then a star. */
function dump(text: string, l: Layout): string {
  const data = text.slice(l.skip, l.skip + l.count)
  let out = ''
  let previous = ''
  let starred = false
  for (let at = 0; at < data.length; at += l.width) {
    const row = data.slice(at, at + l.width)
    if (!l.all && row === previous && row.length === l.width && at + l.width <= data.length) {
      if (!starred) out += '*\n'
      starred = true
      continue
    }
    starred = false
    previous = row
    l.shows.forEach((show, i) => {
      const offset = l.offset === null ? '' : i === 0 ? l.offset(l.skip + at) : ' '.repeat(l.offset(l.skip + at).length)
      out += `${offset}${show(row, l.width)}\n`
    })
  }
  const end = l.offset === null ? '' : l.offset(l.skip + data.length).trimEnd()
  return end === '' ? out : `${out}${end}\n`
}

function* dumpFiles(
  sys: Sys,
  prog: string,
  names: readonly string[],
  make: (text: string) => string,
): Generator<Wait, number, void> {
  let code = 0
  let text = ''
  for (const name of names.length === 0 ? ['-'] : names) {
    const fd = yield* openInput(sys, prog, name, null, (n, e) =>
      prog === 'od' && e === strerror('EISDIR') ? `${n}: read error: ${e}` : `${n}: ${e}`,
    )
    if (fd === null) {
      code = 1
      continue
    }
    text += yield* readAll(sys, fd)
    closeInput(sys, fd)
  }
  const out = new Output(sys)
  if (code === 0 || text !== '') out.add(make(text))
  yield* out.flush()
  return code
}

const NAMES =
  'nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp'.split(
    ' ',
  )
const C_ESCAPES: Readonly<Record<number, string>> = Object.freeze({
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
})
const OD_WIDTHS: Readonly<Record<string, readonly number[]>> = Object.freeze({
  o: [3, 6, 11, 22],
  d: [4, 6, 11, 20],
  u: [3, 5, 10, 20],
  x: [2, 4, 8, 16],
})

/** Little-endian number of the bytes; missing ones are 0. */
function number(row: string, at: number, size: number): bigint {
  let n = 0n
  for (let i = size - 1; i >= 0; i--) n = n * 256n + BigInt(row.charCodeAt(at + i) || 0)
  return n
}

/** A -t type as columns of `unit` bytes; null when it is not modelled. */
function odType(type: string): {
  readonly cell: (row: string, at: number) => string
  readonly size: number
  readonly width: number
  readonly z: boolean
} | null {
  const m = /^([acdoux])([1248CSIL]?)(z?)$/.exec(type)
  if (m === null) return null
  const z = m[3] === 'z'
  const kind = m[1]!
  if (kind === 'a') {
    const cell = (row: string, at: number): string => {
      const b = row.charCodeAt(at) & 127
      return b === 127 ? 'del' : b <= 32 ? NAMES[b]! : String.fromCharCode(b)
    }
    return { cell, size: 1, width: 3, z }
  }
  if (kind === 'c') {
    const cell = (row: string, at: number): string => {
      const b = row.charCodeAt(at)
      return C_ESCAPES[b] ?? (b >= 32 && b < 127 ? String.fromCharCode(b) : b.toString(8).padStart(3, '0'))
    }
    return { cell, size: 1, width: 3, z }
  }
  const size = { '': 4, C: 1, S: 2, I: 4, L: 8 }[m[2]!] ?? Number(m[2])
  const width = OD_WIDTHS[kind]![Math.log2(size)]!
  const cell = (row: string, at: number): string => {
    const n = number(row, at, size)
    if (kind === 'd') return BigInt.asIntN(size * 8, n).toString()
    return kind === 'u' ? n.toString() : n.toString(kind === 'o' ? 8 : 16).padStart(width, '0')
  }
  return { cell, size, width, z }
}

/** The formats side by side: every one is as wide per byte as the widest needs. */
function odShows(types: readonly string[]): readonly Show[] | null {
  const list = types.map(odType)
  if (list.some((t) => t === null)) return null
  const per = Math.max(...list.map((t) => (t!.width + 1) / t!.size))
  return list.map((t) => (row, total) => {
    const { cell, size, z } = t!
    const width = Math.ceil(per * size)
    let out = ''
    for (let at = 0; at < row.length; at += size) out += cell(row, at).padStart(width)
    return z ? `${out.padEnd((total / size) * width)}  >${printable(row)}<` : out
  })
}

const OD_SHORT: Readonly<Record<string, string>> = Object.freeze({
  a: 'a',
  b: 'o1',
  c: 'c',
  d: 'u2',
  i: 'dI',
  l: 'dL',
  o: 'o2',
  s: 'd2',
  x: 'x2',
})
const OD_MULTIPLE: Readonly<Record<string, number>> = Object.freeze({
  '': 1,
  b: 512,
  k: 1024,
  K: 1024,
  m: 1048576,
  M: 1048576,
})

function odNumber(text: string | null, normal: number): number | null {
  if (text === null) return normal
  const m = /^(0[xX][0-9a-fA-F]+|\d+)([bkKmM]?)$/.exec(text)
  if (m === null) return null
  const n = /^0\d/.test(m[1]!) ? Number.parseInt(m[1]!, 8) : Number(m[1])
  return n * OD_MULTIPLE[m[2]!]!
}

export function od(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['od', ...argv.slice(1)], 'A:abcdij:lN:oS:st:vw::x', [
    { name: 'address-radix', arg: 'required', opt: 'A' },
    { name: 'format', arg: 'required', opt: 't' },
    { name: 'skip-bytes', arg: 'required', opt: 'j' },
    { name: 'read-bytes', arg: 'required', opt: 'N' },
    { name: 'output-duplicates', arg: 'none', opt: 'v' },
    { name: 'width', arg: 'optional', opt: 'w' },
  ])
  if (typeof p === 'number') return p
  const types: string[] = []
  let width = 16
  for (const { opt, arg } of p.items) {
    if (opt === 'S') return fail(sys, notModelled('od', 'option -S'), 1)
    if (opt === 't') types.push(...((arg ?? '').match(/[a-zA-Z][0-9CSIL]*z?/g) ?? []))
    else if (opt === 'w') width = Number(arg ?? 32)
    else if (Object.hasOwn(OD_SHORT, opt)) types.push(OD_SHORT[opt]!)
  }
  const shows = odShows(types.length === 0 ? ['o2'] : types)
  if (shows === null) return fail(sys, notModelled('od', `type ${types.join(' ')}`), 1)
  const value = (o: string): string | null => p.items.findLast((i) => i.opt === o)?.arg ?? null
  const radix = value('A') ?? 'o'
  if (!'doxn'.includes(radix) || radix.length !== 1) {
    return fail(sys, `od: invalid output address radix '${radix}'; it must be one character from [doxn]\n`, 1)
  }
  const skip = odNumber(value('j'), 0)
  const count = odNumber(value('N'), Number.POSITIVE_INFINITY)
  if (skip === null || count === null)
    return fail(sys, `od: invalid -${skip === null ? 'j' : 'N'} argument '${value(skip === null ? 'j' : 'N')}'\n`, 1)
  const base = { d: 10, o: 8, x: 16 }[radix]
  const offset = base === undefined ? null : (n: number): string => n.toString(base).padStart(base === 16 ? 6 : 7, '0')
  return dumpFiles(sys, 'od', p.rest, (text) =>
    dump(text, { width, shows, offset, skip, count, all: p.items.some((i) => i.opt === 'v') }),
  )
}

function canonical(row: string): string {
  const cells = Array.from({ length: 16 }, (_, i) => (i < row.length ? hex(row.charCodeAt(i), 2) : '  '))
  return `  ${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}  |${printable(row)}|`
}

function words(row: string): string {
  const cells = Array.from({ length: 8 }, (_, i) =>
    i * 2 < row.length ? hex(Number(number(row, i * 2, 2)), 4) : '    ',
  )
  return ` ${cells.join(' ')}`
}

export function hexdump(sys: Sys, argv: readonly string[]): MainResult {
  const p = getopt(['hexdump', ...argv.slice(1)], 'bcCde:f:L::n:os:vxhV', [
    { name: 'canonical', arg: 'none', opt: 'C' },
    { name: 'length', arg: 'required', opt: 'n' },
    { name: 'skip', arg: 'required', opt: 's' },
    { name: 'no-squeezing', arg: 'none', opt: 'v' },
  ])
  for (const { opt, error } of p.items) {
    if (error !== null) return fail(sys, `${error}Try 'hexdump --help' for more information.\n`, 1)
    if (!'Cnsv'.includes(opt)) return fail(sys, notModelled('hexdump', `option -${opt}`), 1)
  }
  const value = (o: string, normal: number): number =>
    odNumber(p.items.findLast((i) => i.opt === o)?.arg ?? null, normal) ?? Number.NaN
  const [skip, count] = [value('s', 0), value('n', Number.POSITIVE_INFINITY)]
  if (Number.isNaN(skip) || Number.isNaN(count)) return fail(sys, 'hexdump: failed to parse length\n', 1)
  const long = p.items.some((i) => i.opt === 'C')
  const all = p.items.some((i) => i.opt === 'v')
  return dumpFiles(sys, 'hexdump', p.rest, (text) => {
    const body = dump(text, {
      width: 16,
      shows: [long ? canonical : words],
      offset: (n) => hex(n, long ? 8 : 7),
      skip,
      count,
      all,
    })
    return text.length <= skip ? '' : body
  })
}

export function xxd(sys: Sys, argv: readonly string[]): MainResult {
  const p = getopt(['xxd', ...argv.slice(1)], 'abc:eEg:il:o:prs:uv')
  for (const { opt, error } of p.items) {
    if (error !== null) return fail(sys, error, 1)
    if (!'cglpsu'.includes(opt)) return fail(sys, notModelled('xxd', `option -${opt}`), 1)
  }
  const has = (o: string): boolean => p.items.some((i) => i.opt === o)
  const value = (o: string, normal: number): number => Number(p.items.findLast((i) => i.opt === o)?.arg ?? normal)
  const width = value('c', has('p') ? 30 : 16)
  const group = value('g', 2) || width
  const [skip, count] = [value('s', 0), value('l', Number.POSITIVE_INFINITY)]
  const upper = (text: string): string => (has('u') ? text.toUpperCase() : text)
  return dumpFiles(sys, 'xxd', p.rest, (text) => {
    const data = text.slice(skip, skip + count)
    let out = ''
    for (let at = 0; at < data.length; at += width) {
      const row = data.slice(at, at + width)
      const bytes = [...row].map((c) => upper(hex(c.charCodeAt(0), 2)))
      if (has('p')) {
        out += `${bytes.join('')}\n`
        continue
      }
      const cells = Array.from({ length: width }, (_, i) => (bytes[i] ?? '  ') + ((i + 1) % group === 0 ? ' ' : ''))
      out += `${hex(skip + at, 8)}: ${cells.join('').padEnd(width * 2 + Math.ceil(width / group))} ${printable(row)}\n`
    }
    return out
  })
}
