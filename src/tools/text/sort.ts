// sort(1) of coreutils: -b -d -f -g -h -i -M -n -V -r -s -u -m -c -C -k -t -o -z. Read first: sort_keys.ts.
// Refused by name: -R --random-source --debug --files0-from --compress-program. Accepted without effect, as they change
// nothing that can be seen: -S -T --parallel --batch-size.
import { strerror } from '../../lib/errno.ts'
import { fail, type MainResult, type Sys, type Wait } from '../../uapi/program.ts'
import type { LongOption } from '../lib/getopt.ts'
import { notModelled } from '../lib/refuse.ts'
import { bytesOf, rawBytes } from './bytestring.ts'
import { closeInput, openInput, readLines } from './input.ts'
import { complain, parseOptions } from './options.ts'
import { Output } from './output.ts'
import { compareKey, type Key, type KeyOrder, keyText } from './sort_keys.ts'

interface SortOptions {
  readonly keys: readonly Key[]
  readonly whole: KeyOrder
  readonly separator: string | null
  readonly end: string
  readonly unique: boolean
  readonly stable: boolean
  readonly merge: boolean
  readonly check: 'c' | 'C' | null
  readonly output: string | null
  readonly files: readonly string[]
}

const LONG: readonly LongOption[] = Object.freeze([
  ...(
    [
      ['ignore-leading-blanks', 'b'],
      ['dictionary-order', 'd'],
      ['ignore-case', 'f'],
      ['general-numeric-sort', 'g'],
      ['human-numeric-sort', 'h'],
      ['ignore-nonprinting', 'i'],
      ['month-sort', 'M'],
      ['numeric-sort', 'n'],
      ['version-sort', 'V'],
      ['reverse', 'r'],
      ['stable', 's'],
      ['unique', 'u'],
      ['merge', 'm'],
      ['zero-terminated', 'z'],
      ['random-sort', 'R'],
      ['debug', '-debug'],
    ] as const
  ).map(([name, opt]) => ({ name, arg: 'none', opt }) as const),
  ...(
    [
      ['key', 'k'],
      ['field-separator', 't'],
      ['output', 'o'],
      ['buffer-size', 'S'],
      ['temporary-directory', 'T'],
      ['parallel', 'p'],
      ['batch-size', 'p'],
      ['random-source', '-random-source'],
      ['files0-from', '-files0-from'],
      ['compress-program', '-compress-program'],
      ['sort', 'sort'],
    ] as const
  ).map(([name, opt]) => ({ name, arg: 'required', opt }) as const),
  { name: 'check', arg: 'optional', opt: 'c' },
])

const WORDS: Readonly<Record<string, string>> = Object.freeze({
  'general-numeric': 'g',
  'human-numeric': 'h',
  month: 'M',
  numeric: 'n',
  version: 'V',
  random: 'R',
})

/** The ordering options in `letters`; b applies where it was given. */
function orderOf(letters: string, startBlanks: boolean, endBlanks: boolean): KeyOrder {
  const kinds = [...letters].filter((c) => 'ghMnRV'.includes(c))
  return {
    order: (kinds[kinds.length - 1] ?? 'text') as KeyOrder['order'],
    fold: letters.includes('f'),
    dictionary: letters.includes('d'),
    printing: letters.includes('i'),
    blanksFrom: startBlanks,
    blanksTo: endBlanks,
    reverse: letters.includes('r'),
  }
}

/** Options that exclude each other, as sort names them; null when all is well. */
function conflict(letters: string): string | null {
  const has = new Set([...letters].filter((c) => 'dfghiMnRV'.includes(c)))
  const kinds = ['g', 'h', 'M', 'n', 'R', 'V'].filter((c) => has.has(c))
  const numeric = kinds.filter((c) => 'ghMn'.includes(c))
  if (numeric.length > 1 || (numeric.length > 0 && (kinds.length > 1 || has.has('d') || has.has('i')))) {
    return `options '-${[...'dfghiMnRV'].filter((c) => has.has(c) && c !== 'f').join('')}' are incompatible`
  }
  return null
}

interface Place {
  readonly field: number
  readonly char: number
  readonly letters: string
}

function place(text: string, end: boolean): Place | string {
  const m = /^(\d*)(?:\.(\d*))?([bdfghiMnRrV]*)(.*)$/s.exec(text)!
  if (m[1] === '')
    return end
      ? `invalid number after ',': invalid count at start of '${text}'`
      : `-: invalid field specification '${text}'`
  if (Number(m[1]) === 0) return `-: invalid field specification '${text}'`
  if (m[2] === '') return `invalid number after '.': invalid count at start of '${m[3]! + m[4]!}'`
  if (m[2] !== undefined && Number(m[2]) === 0 && !end)
    return `character offset is zero: invalid field specification '${text}'`
  if (m[4] !== '' && (end || !m[4]!.startsWith(',')))
    return `stray character in field spec: invalid field specification '${text}'`
  return { field: Number(m[1]), char: m[2] === undefined ? (end ? 0 : 1) : Number(m[2]), letters: m[3]! }
}

/** -k: a key still without the global options, or the text of an error. */
function keyOf(text: string): { readonly key: Key; readonly letters: string } | string {
  const comma = text.indexOf(',')
  const from = place(text, false)
  if (typeof from === 'string') return zeroField(from, text)
  const to = comma < 0 ? null : place(text.slice(comma + 1), true)
  if (typeof to === 'string') return zeroField(to, text)
  const letters = from.letters + (to?.letters ?? '')
  const how = orderOf(letters, from.letters.includes('b'), to?.letters.includes('b') ?? false)
  return { key: { from, to: to ?? { field: 0, char: 0 }, how }, letters }
}

function zeroField(error: string, text: string): string {
  if (!error.startsWith('-:')) return error.replace(/specification '.*'$/s, `specification '${text}'`)
  return /^0|,0/.test(text)
    ? `field number is zero: invalid field specification '${text}'`
    : `invalid number at field start: invalid count at start of '${text}'`
}

function parse(sys: Sys, argv: readonly string[]): SortOptions | number {
  const p = parseOptions(sys, ['sort', ...argv.slice(1)], 'bcCdfghik:mMno:rRsS:t:T:uVz', LONG, 2)
  if (typeof p === 'number') return p
  let letters = ''
  const keys: { readonly key: Key; readonly letters: string }[] = []
  let separator: string | null = null
  let check: 'c' | 'C' | null = null
  for (const { opt, arg } of p.items) {
    if (opt === 'R' || opt.startsWith('-')) return fail(sys, notModelled('sort', `option -${opt}`), 2)
    if (opt === 'k') {
      const key = keyOf(arg ?? '')
      if (typeof key === 'string') return complain(sys, 'sort', key, 2)
      keys.push(key)
    } else if (opt === 't') {
      const t = arg === '\\0' ? '\0' : bytesOf(arg ?? '')
      if (t === '') return complain(sys, 'sort', 'empty tab', 2)
      if (t.length > 1) return complain(sys, 'sort', `multi-character tab '${arg}'`, 2)
      separator = t
    } else if (opt === 'c' || opt === 'C') check = opt === 'C' || (arg !== null && arg !== 'diagnose-first') ? 'C' : 'c'
    else if (opt === 'sort') letters += WORDS[arg ?? ''] ?? ''
    else if ('bdfghiMnrV'.includes(opt)) letters += opt
  }
  const wrong = [letters, ...keys.map((k) => k.letters)].map(conflict).find((c) => c !== null)
  if (wrong !== undefined && wrong !== null) return complain(sys, 'sort', wrong, 2)
  const has = (o: string): boolean => p.items.some((i) => i.opt === o)
  if (check !== null && p.rest.length > 1)
    return complain(sys, 'sort', `extra operand '${p.rest[1]}' not allowed with -${check}`, 2)
  const global = orderOf(letters, letters.includes('b'), letters.includes('b'))
  return {
    // A key without any option of its own takes the global ones.
    keys: keys.map((k) => (k.letters === '' ? { ...k.key, how: global } : k.key)),
    whole: global,
    separator,
    end: has('z') ? '\0' : '\n',
    unique: has('u'),
    stable: has('s'),
    merge: has('m'),
    check,
    output: p.items.findLast((i) => i.opt === 'o')?.arg ?? null,
    files: p.rest.length === 0 ? ['-'] : p.rest,
  }
}

interface Line {
  readonly text: string
  readonly keys: readonly string[]
}

const WHOLE: Key = Object.freeze({
  from: { field: 1, char: 1 },
  to: { field: 0, char: 0 },
  how: orderOf('', false, false),
})

class Order {
  private readonly keys: readonly Key[]
  private readonly separator: string | null
  private readonly last: 'none' | 'forward' | 'reverse'

  constructor(o: SortOptions) {
    this.keys = o.keys.length > 0 ? o.keys : [{ ...WHOLE, how: o.whole }]
    this.separator = o.separator
    this.last = o.unique || o.stable ? 'none' : o.whole.reverse ? 'reverse' : 'forward'
  }

  line(text: string): Line {
    return { text, keys: this.keys.map((k) => keyText(text, k, this.separator)) }
  }

  compare(a: Line, b: Line): number {
    for (const [i, k] of this.keys.entries()) {
      const d = compareKey(a.keys[i]!, b.keys[i]!, k.how)
      if (d !== 0) return d
    }
    if (this.last === 'none' || a.text === b.text) return 0
    return a.text < b.text === (this.last === 'forward') ? -1 : 1
  }
}

export function sort(sys: Sys, argv: readonly string[]): MainResult {
  const o = parse(sys, argv)
  return typeof o === 'number' ? o : run(sys, o)
}

function* run(sys: Sys, o: SortOptions): Generator<Wait, number, void> {
  const order = new Order(o)
  const files: Line[][] = []
  for (const name of o.files) {
    const fd = yield* openInput(sys, 'sort', name, null, (n, e) =>
      e === strerror('EISDIR') ? `read failed: ${n}: ${e}` : `cannot read: ${n}: ${e}`,
    )
    if (fd === null) return 2
    files.push((yield* readLines(sys, fd, o.end)).map((text) => order.line(text)))
    closeInput(sys, fd)
  }
  if (o.check !== null) return disorder(sys, o, order, files[0]!)
  const lines = o.merge ? merge(files, order) : files.flat().sort((a, b) => order.compare(a, b))
  const kept = o.unique ? lines.filter((l, i) => i === 0 || order.compare(lines[i - 1]!, l) !== 0) : lines
  if (o.output !== null) {
    const fd = sys.open(o.output, 'write', true)
    if (!fd.ok) return complain(sys, 'sort', `open failed: ${o.output}: ${strerror(fd.errno)}`, 2)
    sys.write(fd.value, rawBytes(kept.map((l) => l.text + o.end).join('')))
    sys.close(fd.value)
    return 0
  }
  const out = new Output(sys)
  for (const l of kept) {
    out.add(l.text + o.end)
    if (out.due) yield* out.flush()
    if (out.failed !== null) return 2
  }
  yield* out.flush()
  return 0
}

/** -m: the files are taken to be in order already. */
function merge(files: readonly Line[][], order: Order): Line[] {
  const out: Line[] = []
  const next = files.map(() => 0)
  for (;;) {
    let best = -1
    for (const [i, f] of files.entries()) {
      const line = f[next[i]!]
      if (line === undefined) continue
      if (best < 0 || order.compare(line, files[best]![next[best]!]!) < 0) best = i
    }
    if (best < 0) return out
    out.push(files[best]![next[best]!++]!)
  }
}

function disorder(sys: Sys, o: SortOptions, order: Order, lines: readonly Line[]): number {
  const bad = lines.findIndex((l, i) => i > 0 && order.compare(lines[i - 1]!, l) > (o.unique ? -1 : 0))
  if (bad < 0) return 0
  if (o.check === 'c') {
    sys.write(2, `sort: ${o.files[0]}:${bad + 1}: disorder: `)
    sys.write(2, rawBytes(`${lines[bad]!.text}\n`))
  }
  return 1
}
