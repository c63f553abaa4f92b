// xargs(1) of findutils 4.9: -0 -a -d -E -I -i -L -l -n -P -r -s -t -x. Children get /dev/null (with -a their parent's) as stdin.
// Refused by name: -p -o --show-limits --process-slot-var.
import { strerror } from '../../lib/errno.ts'
import { sedEscape } from '../../lib/regex/sed_escape.ts'
import { fail, type MainResult, type Sys, type Wait } from '../../uapi/program.ts'
import { getopt, type LongOption } from '../lib/getopt.ts'
import { notModelled } from '../lib/refuse.ts'
import { bytesOf, textFrom } from './bytestring.ts'
import { readAll } from './input.ts'

interface XargsOptions {
  /** Null: blanks and newlines part items, quotes and backslashes protect. */
  readonly delimiter: string | null
  readonly replace: string | null
  readonly lines: number
  readonly words: number
  readonly size: number
  readonly eof: string | null
  readonly empty: boolean
  readonly trace: boolean
  readonly parallel: number
  readonly file: string | null
  readonly command: readonly string[]
}

interface Item {
  readonly text: string
  /** The last of its line, for -L. */
  readonly ends: boolean
}

const LONG: readonly LongOption[] = Object.freeze([
  { name: 'null', arg: 'none', opt: '0' },
  { name: 'arg-file', arg: 'required', opt: 'a' },
  { name: 'delimiter', arg: 'required', opt: 'd' },
  { name: 'eof', arg: 'optional', opt: 'e' },
  { name: 'replace', arg: 'optional', opt: 'i' },
  { name: 'max-lines', arg: 'optional', opt: 'l' },
  { name: 'max-args', arg: 'required', opt: 'n' },
  { name: 'open-tty', arg: 'none', opt: 'o' },
  { name: 'interactive', arg: 'none', opt: 'p' },
  { name: 'no-run-if-empty', arg: 'none', opt: 'r' },
  { name: 'max-chars', arg: 'required', opt: 's' },
  { name: 'verbose', arg: 'none', opt: 't' },
  { name: 'show-limits', arg: 'none', opt: '-show-limits' },
  { name: 'exit', arg: 'none', opt: 'x' },
  { name: 'max-procs', arg: 'required', opt: 'P' },
  { name: 'process-slot-var', arg: 'required', opt: '-process-slot-var' },
] as const)

const TRY = "Try 'xargs --help' for more information.\n"
const WARNED = { n: '--max-args', L: '--max-lines', I: '--replace/-I/-i' } as const

function delimiterOf(text: string): string | null {
  const bytes = bytesOf(text)
  if (bytes.length === 1) return bytes
  if (!bytes.startsWith('\\')) return null
  const special: Readonly<Record<string, string>> = { '0': '\0', '\\': '\\', b: '\b' }
  if (bytes.length === 2 && special[bytes[1]!] !== undefined) return special[bytes[1]!]!
  const octal = /^\\([0-7]{1,3})$/.exec(bytes)
  if (octal !== null) return String.fromCharCode(Number.parseInt(octal[1]!, 8) & 255)
  const e = sedEscape(bytes, 1)
  return e !== null && e.length === bytes.length - 1 ? e.char : null
}

function parse(sys: Sys, argv: readonly string[]): XargsOptions | number {
  const p = getopt(['xargs', ...argv.slice(1)], '+0a:E:e::i::I:l::L:n:oprs:txP:d:', LONG)
  const o = {
    delimiter: null as string | null,
    replace: null as string | null,
    lines: 0,
    words: 0,
    size: 131072,
    eof: null as string | null,
    empty: true,
    trace: false,
    parallel: 1,
    file: null as string | null,
  }
  const say = (text: string, help = true): number => fail(sys, `xargs: ${text}\n${help ? TRY : ''}`, 1)
  const exclusive = (kind: 'n' | 'L' | 'I', previous: 'n' | 'L' | 'I'): void => {
    sys.write(
      2,
      `xargs: warning: options ${WARNED[previous]} and ${WARNED[kind]} are mutually exclusive, ignoring previous ${WARNED[previous]} value\n`,
    )
  }
  for (const { opt, arg, error } of p.items) {
    if (error !== null) return fail(sys, error + TRY, 1)
    if (opt === 'p' || opt === 'o' || opt.startsWith('-')) return fail(sys, notModelled('xargs', `option -${opt}`), 1)
    if (opt === '0') o.delimiter = '\0'
    else if (opt === 'd') {
      o.delimiter = delimiterOf(arg ?? '')
      if (o.delimiter === null) {
        return say(
          `Invalid input delimiter specification ${arg}: the delimiter must be either a single character or an escape sequence starting with \\.`,
          false,
        )
      }
    } else if (opt === 'a') o.file = arg
    else if (opt === 'E' || opt === 'e') o.eof = arg === null || arg === '' ? null : bytesOf(arg)
    else if (opt === 'r') o.empty = false
    else if (opt === 't') o.trace = true
    else if (opt === 'I' || opt === 'i') {
      if (o.words > 0) exclusive('I', 'n')
      if (o.lines > 0) exclusive('I', 'L')
      o.replace = bytesOf(arg ?? '{}')
      o.words = o.lines = 0
    } else if ('Llnsp'.includes(opt.toLowerCase())) {
      const text = arg ?? '1'
      if (!/^\d+$/.test(text)) return say(`invalid number "${text}" for -${opt} option`)
      const least = opt === 'P' ? 0 : 1
      if (Number(text) < least) return say(`value ${text} for -${opt} option should be >= ${least}`)
      if (opt === 'n') {
        // -n 1 with -I is what -I does.
        if (o.replace !== null && text !== '1') exclusive('n', 'I')
        if (o.replace !== null && text !== '1') o.replace = null
        if (o.lines > 0) exclusive('n', 'L')
        o.lines = 0
        if (o.replace === null) o.words = Number(text)
      } else if (opt === 'P') o.parallel = Number(text)
      else if (opt === 's') o.size = Number(text)
      else {
        if (o.replace !== null) exclusive('L', 'I')
        if (o.words > 0) exclusive('L', 'n')
        o.replace = null
        o.words = 0
        o.lines = Number(text)
      }
    }
  }
  return { ...o, command: p.rest.length === 0 ? ['echo'] : p.rest }
}

export function xargs(sys: Sys, argv: readonly string[]): MainResult {
  const o = parse(sys, argv)
  return typeof o === 'number' ? o : new Xargs(sys, o).run()
}

/** Items of a text with quotes; `open` is the quote that was not closed. */
function quotedItems(text: string, o: XargsOptions): { readonly items: readonly Item[]; readonly open: string } {
  const items: Item[] = []
  let word = ''
  let begun = false
  const end = (ends: boolean): boolean => {
    if (begun) items.push({ text: word, ends })
    else if (ends && items.length > 0 && o.lines > 0) {
      const last = items[items.length - 1]!
      items[items.length - 1] = { ...last, ends: true }
    }
    const stop = begun && o.eof !== null && word === o.eof
    if (stop) items.pop()
    word = ''
    begun = false
    return stop
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '\n') {
      // A blank at the end of a line joins it to the next one (-L).
      if (end(!(o.lines > 0 && /[ \t]/.test(text[i - 1] ?? '')))) return { items, open: '' }
    } else if (/[ \t\v\f\r]/.test(c) && (o.replace === null || !begun)) {
      if (o.replace === null && end(false)) return { items, open: '' }
    } else if (c === "'" || c === '"') {
      const close = text.indexOf(c, i + 1)
      if (close < 0 || text.slice(i, close).includes('\n')) return { items, open: c }
      word += text.slice(i + 1, close)
      begun = true
      i = close
    } else {
      if (c === '\\' && i + 1 < text.length) word += text[++i]
      else if (c !== '\\') word += c
      begun = begun || c !== '\\' || i + 1 < text.length
    }
  }
  end(true)
  return { items, open: '' }
}

function plainItems(text: string, delimiter: string): readonly Item[] {
  const parts = text.split(delimiter)
  if (parts[parts.length - 1] === '') parts.pop()
  return parts.map((t) => ({ text: t, ends: true }))
}

/** -t: words quoted as a shell would need them. */
function shown(words: readonly string[]): string {
  return words.map((w) => (w !== '' && /^[\w@%+=:,./-]+$/.test(w) ? w : `'${w.replaceAll("'", "'\\''")}'`)).join(' ')
}

class Xargs {
  private readonly sys: Sys
  private readonly o: XargsOptions
  private readonly running = new Set<number>()
  private code = 0
  private stdin = 0

  constructor(sys: Sys, o: XargsOptions) {
    this.sys = sys
    this.o = o
  }

  *run(): Generator<Wait, number, void> {
    const { sys, o } = this
    let fd = 0
    if (o.file !== null) {
      const r = sys.open(o.file, 'read')
      if (!r.ok) return fail(sys, `xargs: Cannot open input file '${o.file}': ${strerror(r.errno)}\n`, 1)
      fd = r.value
    } else {
      const none = sys.open('/dev/null', 'read')
      if (none.ok) this.stdin = none.value
    }
    const text = yield* readAll(sys, fd)
    sys.charge(text.length >> 2)
    const { items, open } =
      o.delimiter === null ? quotedItems(text, o) : { items: plainItems(text, o.delimiter), open: '' }
    if (open !== '') {
      const name = open === '"' ? 'double' : 'single'
      sys.write(
        2,
        `xargs: unmatched ${name} quote; by default quotes are special to xargs unless you use the -0 option\n`,
      )
      this.code = 1
    }
    for (const words of this.batches(items)) {
      const stop = yield* this.start(words)
      if (stop) break
    }
    while (this.running.size > 0) yield* this.collect()
    return this.code
  }

  /** The command lines. */
  private batches(items: readonly Item[]): string[][] {
    const { o } = this
    const command = o.command.map(bytesOf)
    if (o.replace !== null) {
      const mark = o.replace
      return items.map((item) =>
        command.map((w, i) => (i === 0 && !w.includes(mark) ? w : w.replaceAll(mark, () => item.text))),
      )
    }
    const out: string[][] = []
    const base = command.reduce((n, w) => n + w.length + 1, 0)
    let words: string[] = []
    let size = base
    let lines = 0
    const close = (): void => {
      if (words.length > 0) out.push([...command, ...words])
      words = []
      size = base
      lines = 0
    }
    for (const { text, ends } of items) {
      if (size + text.length + 1 > o.size) close()
      words.push(text)
      size += text.length + 1
      if (ends) lines++
      if ((o.words > 0 && words.length >= o.words) || (o.lines > 0 && lines >= o.lines)) close()
    }
    close()
    return out.length === 0 && o.empty && this.code === 0 ? [command] : out
  }

  /** Run one command line; true when xargs has to stop. */
  private *start(bytes: readonly string[]): Generator<Wait, boolean, void> {
    const { sys, o } = this
    const words = bytes.map(textFrom)
    if (o.trace) sys.write(2, `${shown(words)}\n`)
    const child = sys.spawn(words, { fds: { 0: this.stdin, 1: 1, 2: 2 } })
    if (!child.ok) {
      sys.write(2, `xargs: ${words[0]}: ${strerror(child.errno)}\n`)
      this.code = child.errno === 'ENOENT' ? 127 : 126
      return true
    }
    this.running.add(child.value)
    while (o.parallel > 0 && this.running.size >= o.parallel) if (yield* this.collect(words[0])) return true
    return false
  }

  /** Wait for a child; true when its end ends xargs. */
  private *collect(name = textFrom(this.o.command[0]!)): Generator<Wait, boolean, void> {
    for (;;) {
      for (const pid of this.running) {
        const code = this.sys.reap(pid)
        if (code === null) continue
        this.running.delete(pid)
        return this.ended(name, code)
      }
      yield { children: [...this.running] }
    }
  }

  private ended(name: string, code: number): boolean {
    if (code === 0) return false
    if (code === 255) {
      this.sys.write(2, `xargs: ${name}: exited with status 255; aborting\n`)
      this.code = 124
      return true
    }
    if (code > 128 && code < 193) {
      this.sys.write(2, `xargs: ${name}: terminated by signal ${code - 128}\n`)
      this.code = 125
      return true
    }
    this.code = 123
    return false
  }
}
