// cut(1) and tr(1) of coreutils. cut: -d -f -c -b -s --complement --output-delimiter; tr: sets with ranges, classes,
// escapes and repeats, -d -s -c/-C -t. Bytes above 127 are taken as characters.
import type { MainResult, Sys, Wait } from '../../uapi/program.ts'
import { flush, openStdout, print, textOf } from '../lib/bytes.ts'
import { closeInput, LineReader, openInput, readChunk } from './input.ts'
import { complain, parseOptions, usage } from './options.ts'

interface Range {
  readonly from: number
  readonly to: number
}

function ranges(text: string): readonly Range[] | null {
  const out: Range[] = []
  for (const part of text.split(',')) {
    const m = /^(\d*)(-?)(\d*)$/.exec(part)
    if (m === null || (m[1] === '' && m[3] === '')) return null
    const from = m[1] === '' ? 1 : Number(m[1])
    const to = m[2] === '' ? from : m[3] === '' ? Number.POSITIVE_INFINITY : Number(m[3])
    if (from === 0 || to < from) return null
    out.push({ from, to })
  }
  return out
}

interface CutOptions {
  readonly by: 'f' | 'c'
  readonly list: readonly Range[]
  readonly delimiter: string
  readonly output: string
  readonly only: boolean
  readonly complement: boolean
}

export function cut(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, argv, 'b:c:f:d:sn', [
    { name: 'bytes', arg: 'required', opt: 'b' },
    { name: 'characters', arg: 'required', opt: 'c' },
    { name: 'fields', arg: 'required', opt: 'f' },
    { name: 'delimiter', arg: 'required', opt: 'd' },
    { name: 'only-delimited', arg: 'none', opt: 's' },
    { name: 'complement', arg: 'none', opt: 'complement' },
    { name: 'output-delimiter', arg: 'required', opt: 'output' },
  ])
  if (typeof p === 'number') return p
  const value = (o: string): string | undefined => p.items.findLast((i) => i.opt === o)?.arg ?? undefined
  const lists = p.items.filter((i) => 'bcf'.includes(i.opt))
  if (lists.length === 0) return usage(sys, 'cut', 'you must specify a list of bytes, characters, or fields')
  if (lists.length > 1) return usage(sys, 'cut', 'only one list may be specified')
  const by = lists[0]!.opt === 'f' ? 'f' : 'c'
  const list = ranges(lists[0]!.arg ?? '')
  if (list === null) {
    const what = by === 'f' ? 'field' : 'byte/character position'
    const zero = /(^|[,-])0+([,-]|$)/.test(lists[0]!.arg ?? '')
    return usage(sys, 'cut', zero ? (by === 'f' ? 'fields are numbered from 1' : 'byte/character positions are numbered from 1') : `invalid ${what} value '${lists[0]!.arg}'`)
  }
  const delimiter = value('d') ?? '\t'
  if ([...delimiter].length > 1) return usage(sys, 'cut', 'the delimiter must be a single character')
  if (by !== 'f' && value('d') !== undefined) return usage(sys, 'cut', 'an input delimiter may be specified only when operating on fields')
  const has = (o: string): boolean => p.items.some((i) => i.opt === o)
  const options = { by, list, delimiter, output: value('output') ?? (by === 'f' ? delimiter : ''), only: has('s'), complement: has('complement') } as const
  return runCut(sys, p.rest.length === 0 ? ['-'] : p.rest, options)
}

function* runCut(sys: Sys, files: readonly string[], o: CutOptions): Generator<Wait, number, void> {
  let code = 0
  const out = openStdout(sys)
  for (const name of files) {
    const fd = openInput(sys, 'cut', name)
    if (fd === null) {
      code = 1
      continue
    }
    const lines = new LineReader(sys, fd)
    for (let line = yield* lines.next(); line !== null; line = yield* lines.next()) {
      const text = cutLine(line, o)
      if (text !== null) print(sys, out, `${text}\n`)
    }
    closeInput(sys, fd)
  }
  flush(sys, out)
  return code
}

function cutLine(line: string, o: CutOptions): string | null {
  if (o.by === 'f' && !line.includes(o.delimiter)) return o.only ? null : line
  const parts = o.by === 'f' ? line.split(o.delimiter) : [...line]
  const wanted = parts.filter((_, i) => o.list.some((r) => i + 1 >= r.from && i + 1 <= r.to) !== o.complement)
  return wanted.join(o.by === 'f' ? o.output : '')
}

const CLASSES: Readonly<Record<string, RegExp>> = Object.freeze({
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
})

const ESCAPES: Readonly<Record<string, string>> = Object.freeze({ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' })

/** A set's characters in order; an error text when it is malformed. `size` is what [c*] fills up to. */
function expandSet(text: string, size: number): readonly string[] | { readonly error: string } {
  const out: string[] = []
  const chars: { c: string; raw: boolean }[] = []
  for (let i = 0; i < text.length; i++) {
    const octal = /^\\([0-7]{1,3})/.exec(text.slice(i))
    if (octal !== null) {
      chars.push({ c: String.fromCharCode(Number.parseInt(octal[1]!, 8)), raw: false })
      i += octal[1]!.length
    } else if (text[i] === '\\' && i + 1 < text.length) {
      const e = text[++i]!
      chars.push({ c: ESCAPES[e] ?? e, raw: false })
    } else chars.push({ c: text[i]!, raw: true })
  }
  const raw = chars.map((x) => (x.raw ? x.c : '\0')).join('')
  for (let i = 0; i < chars.length; i++) {
    const cls = /^\[:([a-z]*):\]/.exec(raw.slice(i))
    if (cls !== null) {
      const re = CLASSES[cls[1]!]
      if (re === undefined) return { error: `invalid character class '${cls[1]}'` }
      for (let k = 0; k < 128; k++) if (re.test(String.fromCharCode(k))) out.push(String.fromCharCode(k))
      i += cls[0].length - 1
      continue
    }
    const repeat = /^\[.\*(\d*)\]/s.exec(raw.slice(i))
    if (repeat !== null) {
      const n = repeat[1] === '' || Number(repeat[1]) === 0 ? Math.max(0, size - out.length) : Number(repeat[1])
      for (let k = 0; k < n; k++) out.push(chars[i + 1]!.c)
      i += repeat[0].length - 1
      continue
    }
    const c = chars[i]!.c
    if (raw[i + 1] === '-' && i + 2 < chars.length) {
      const end = chars[i + 2]!.c
      if (end < c) return { error: `range-endpoints of '${c}-${end}' are in reverse collating sequence order` }
      for (let k = c.charCodeAt(0); k <= end.charCodeAt(0); k++) out.push(String.fromCharCode(k))
      i += 2
    } else out.push(c)
  }
  return out
}

interface TrOptions {
  readonly map: ReadonlyMap<string, string>
  readonly remove: ReadonlySet<string> | null
  readonly squeeze: ReadonlySet<string> | null
  /** The first set is its complement. */
  readonly complement: boolean
  readonly filler: string | null
}

export function tr(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, argv, '+cCdst', [
    { name: 'complement', arg: 'none', opt: 'c' },
    { name: 'delete', arg: 'none', opt: 'd' },
    { name: 'squeeze-repeats', arg: 'none', opt: 's' },
    { name: 'truncate-set1', arg: 'none', opt: 't' },
  ])
  if (typeof p === 'number') return p
  const has = (o: string): boolean => p.items.some((i) => i.opt === o)
  const del = has('d')
  const squeeze = has('s')
  const complement = has('c') || has('C')
  const [a, b] = p.rest
  if (a === undefined) return usage(sys, 'tr', 'missing operand')
  if (b === undefined && !del && !squeeze) {
    sys.write(2, `tr: missing operand after '${a}'\nTwo strings must be given when translating.\nTry 'tr --help' for more information.\n`)
    return 1
  }
  if (p.rest.length > 2 || (b !== undefined && del && !squeeze)) return usage(sys, 'tr', `extra operand '${p.rest[p.rest.length > 2 ? 2 : 1]}'`)
  const one = expandSet(a, 0)
  if ('error' in one) return complain(sys, 'tr', one.error)
  const two = b === undefined ? null : expandSet(b, one.length)
  if (two !== null && 'error' in two) return complain(sys, 'tr', two.error)
  const map = new Map<string, string>()
  const set1 = has('t') && two !== null ? one.slice(0, two.length) : one
  if (two !== null && !del && !complement) {
    set1.forEach((c, i) => map.set(c, two[Math.min(i, two.length - 1)] ?? c))
  }
  const squeezed = squeeze ? new Set(two ?? one) : null
  const filler = complement && two !== null && !del ? (two[two.length - 1] ?? null) : null
  return runTr(sys, { map, remove: del || (squeeze && two === null) || complement ? new Set(one) : null, squeeze: squeezed, complement, filler }, del, two === null)
}

function* runTr(sys: Sys, o: TrOptions, del: boolean, single: boolean): Generator<Wait, number, void> {
  const out = openStdout(sys)
  let last = ''
  for (;;) {
    const chunk = yield* readChunk(sys, 0)
    if (chunk === null) break
    let text = ''
    for (const c of textOf(chunk)) {
      const inOne = o.remove !== null && o.remove.has(c) !== o.complement
      if (del && inOne) continue
      const mapped = o.filler !== null && inOne ? o.filler : (o.map.get(c) ?? c)
      const squeezable = o.squeeze !== null && (single && !del ? inOne : o.squeeze.has(mapped))
      if (squeezable && mapped === last) continue
      text += mapped
      last = mapped
    }
    print(sys, out, text)
  }
  flush(sys, out)
  return 0
}
