// Small line tools: rev(1) of util-linux, tac(1), nl(1), paste(1), fold(1) and comm(1) of coreutils.
// Refused by name: tac -b -r, nl -d -h -f -p (logical pages are not looked for), comm --total.
import { strerror } from '../../lib/errno.ts'
import { compileRegex, type Regex } from '../../lib/regex/regex.ts'
import { fail, type MainResult, type Sys, type Wait } from '../../uapi/program.ts'
import { notModelled } from '../lib/refuse.ts'
import { bytesOf } from './bytestring.ts'
import { closeInput, LineReader, openInput, readAll } from './input.ts'
import { complain, type Parsed, parseOptions, usage } from './options.ts'
import { Output } from './output.ts'

const last = (p: Parsed, ...opts: string[]): string | undefined =>
  p.items.findLast((i) => opts.includes(i.opt))?.arg ?? undefined
const has = (p: Parsed, opt: string): boolean => p.items.some((i) => i.opt === opt)
const orStdin = (names: readonly string[]): readonly string[] => (names.length === 0 ? ['-'] : names)

type EachLine = (line: string, complete: boolean, out: Output) => void

/** Every line of every operand. */
function* eachLine(
  sys: Sys,
  prog: string,
  names: readonly string[],
  words: ((n: string, e: string) => string) | undefined,
  f: EachLine,
): Generator<Wait, number, void> {
  let code = 0
  const out = new Output(sys)
  for (const name of names) {
    const fd = yield* openInput(sys, prog, name, out, words)
    if (fd === null) {
      code = 1
      continue
    }
    const lines = new LineReader(sys, fd)
    for (let line = yield* lines.next(); line !== null; line = yield* lines.next()) {
      f(line, lines.complete, out)
      if (out.due) yield* out.flush()
      if (out.failed !== null) return 1
    }
    closeInput(sys, fd)
  }
  yield* out.flush()
  return code
}

export function rev(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['rev', ...argv.slice(1)], '')
  if (typeof p === 'number') return p
  return eachLine(
    sys,
    'rev',
    orStdin(p.rest),
    (n, e) => `cannot open ${n}: ${e}`,
    (line, complete, out) => {
      out.add([...line].reverse().join('') + (complete ? '\n' : ''))
    },
  )
}

export function tac(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['tac', ...argv.slice(1)], 'brs:', [
    { name: 'before', arg: 'none', opt: 'b' },
    { name: 'regex', arg: 'none', opt: 'r' },
    { name: 'separator', arg: 'required', opt: 's' },
  ])
  if (typeof p === 'number') return p
  const odd = p.items.find((i) => i.opt !== 's')
  if (odd !== undefined) return fail(sys, notModelled('tac', `option -${odd.opt}`), 1)
  return tacOf(sys, orStdin(p.rest), bytesOf(last(p, 's') ?? '\n') || '\0')
}

function* tacOf(sys: Sys, names: readonly string[], separator: string): Generator<Wait, number, void> {
  let code = 0
  const out = new Output(sys)
  for (const name of names) {
    const fd = yield* openInput(sys, 'tac', name, out, (n, e) =>
      e === strerror('EISDIR') ? `${n}: read error: ${e}` : `failed to open '${n}' for reading: ${e}`,
    )
    if (fd === null) {
      code = 1
      continue
    }
    const all = yield* readAll(sys, fd)
    for (let end = all.length; end > 0; ) {
      sys.charge()
      const from =
        end <= separator.length ? 0 : all.lastIndexOf(separator, end - separator.length - 1) + separator.length
      const start = from < separator.length ? 0 : from
      out.add(all.slice(start, end))
      end = start
      if (out.due) yield* out.flush()
      if (out.failed !== null) return 1
    }
    closeInput(sys, fd)
  }
  yield* out.flush()
  return code
}

const NL_FORMATS: Readonly<Record<string, (n: string, width: number) => string>> = Object.freeze({
  ln: (n, w) => n.padEnd(w),
  rn: (n, w) => n.padStart(w),
  rz: (n, w) => (n.startsWith('-') ? `-${n.slice(1).padStart(w - 1, '0')}` : n.padStart(w, '0')),
})

/** Which lines nl numbers; an error's text for a wrong style. */
function nlStyle(sys: Sys, style: string): ((line: string) => boolean) | string {
  if (style === 'a') return () => true
  if (style === 'n') return () => false
  if (style === 't') return (line) => line !== ''
  if (!style.startsWith('p')) return `invalid body numbering style: '${style}'`
  const r = compileRegex(bytesOf(style.slice(1)), { syntax: 'basic', dialect: 'grep' }, sys)
  if (!r.ok) return r.error
  const re: Regex = r.regex
  return (line) => re.test(line)
}

export function nl(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['nl', ...argv.slice(1)], 'b:s:w:n:v:i:l:d:f:h:p', [
    { name: 'body-numbering', arg: 'required', opt: 'b' },
    { name: 'number-separator', arg: 'required', opt: 's' },
    { name: 'number-width', arg: 'required', opt: 'w' },
    { name: 'number-format', arg: 'required', opt: 'n' },
    { name: 'starting-line-number', arg: 'required', opt: 'v' },
    { name: 'line-increment', arg: 'required', opt: 'i' },
    { name: 'join-blank-lines', arg: 'required', opt: 'l' },
  ])
  if (typeof p === 'number') return p
  const odd = p.items.find((i) => 'dfhp'.includes(i.opt))
  if (odd !== undefined) return fail(sys, notModelled('nl', `option -${odd.opt}`), 1)
  const style = nlStyle(sys, last(p, 'b') ?? 't')
  if (typeof style === 'string') return usage(sys, 'nl', style)
  const format = NL_FORMATS[last(p, 'n') ?? 'rn']
  if (format === undefined) return usage(sys, 'nl', `invalid line numbering format: '${last(p, 'n')}'`)
  const number = (opt: string, normal: number): number => Number(last(p, opt) ?? normal)
  const wrong = ['w', 'v', 'i', 'l'].find((o) => !Number.isInteger(number(o, 1)))
  if (wrong !== undefined) return complain(sys, 'nl', `invalid ${NL_NUMBERS[wrong]}: '${last(p, wrong)}'`)
  const width = number('w', 6)
  const separator = bytesOf(last(p, 's') ?? '\t')
  let next = number('v', 1)
  let blanks = 0
  return eachLine(sys, 'nl', orStdin(p.rest), undefined, (line, _complete, out) => {
    // -l N: with style a only each N-th of adjacent empty lines is numbered.
    blanks = line === '' ? blanks + 1 : 0
    const counted = style(line) && (line !== '' || blanks % number('l', 1) === 0)
    out.add(
      counted
        ? `${format(String(next), width)}${separator}${line}\n`
        : `${' '.repeat(width + separator.length)}${line}\n`,
    )
    if (counted) next += number('i', 1)
  })
}

const NL_NUMBERS: Readonly<Record<string, string>> = Object.freeze({
  w: 'line number field width',
  v: 'starting line number',
  i: 'line number increment',
  l: 'line number of blank lines',
})

export function paste(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['paste', ...argv.slice(1)], 'd:sz', [
    { name: 'delimiters', arg: 'required', opt: 'd' },
    { name: 'serial', arg: 'none', opt: 's' },
    { name: 'zero-terminated', arg: 'none', opt: 'z' },
  ])
  if (typeof p === 'number') return p
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', '0': '' }
  const list = [...bytesOf(last(p, 'd') ?? '\t').matchAll(/\\(.)|./gs)].map((m) =>
    m[1] === undefined ? m[0] : (escapes[m[1]] ?? m[1]),
  )
  const end = has(p, 'z') ? '\0' : '\n'
  return pasteOf(sys, orStdin(p.rest), list.length === 0 ? [''] : list, has(p, 's'), end)
}

function* pasteOf(
  sys: Sys,
  names: readonly string[],
  delimiters: readonly string[],
  serial: boolean,
  end: string,
): Generator<Wait, number, void> {
  const out = new Output(sys)
  const stdin = new LineReader(sys, 0, end)
  const readers: LineReader[] = []
  let code = 0
  for (const name of names) {
    const fd = yield* openInput(sys, 'paste', name)
    if (fd === null && !serial) return 1
    if (fd === null) code = 1
    else readers.push(fd === 0 ? stdin : new LineReader(sys, fd, end))
  }
  if (serial) {
    for (const r of readers) {
      let n = 0
      for (let line = yield* r.next(); line !== null; line = yield* r.next()) {
        out.add((n > 0 ? delimiters[(n - 1) % delimiters.length]! : '') + line)
        n++
      }
      out.add(end)
    }
  }
  while (!serial && out.failed === null) {
    const cells: (string | null)[] = []
    for (const r of readers) cells.push(yield* r.next())
    if (cells.every((c) => c === null)) break
    out.add(cells.map((c, i) => (i > 0 ? delimiters[(i - 1) % delimiters.length]! : '') + (c ?? '')).join('') + end)
    if (out.due) yield* out.flush()
  }
  yield* out.flush()
  return code
}

export function fold(sys: Sys, argv: readonly string[]): MainResult {
  const old = /^-(\d+)$/.exec(argv[1] ?? '')
  const p = parseOptions(
    sys,
    old === null ? ['fold', ...argv.slice(1)] : ['fold', '-w', old[1]!, ...argv.slice(2)],
    'bsw:',
    [
      { name: 'bytes', arg: 'none', opt: 'b' },
      { name: 'spaces', arg: 'none', opt: 's' },
      { name: 'width', arg: 'required', opt: 'w' },
    ],
  )
  if (typeof p === 'number') return p
  const text = last(p, 'w') ?? '80'
  if (!/^\d+$/.test(text)) return complain(sys, 'fold', `invalid number of columns: '${text}'`)
  const width = Number(text)
  if (width === 0) return complain(sys, 'fold', `invalid number of columns: '0': ${strerror('ERANGE')}`)
  return eachLine(sys, 'fold', orStdin(p.rest), undefined, (line, complete, out) => {
    out.add(folded(line, width, has(p, 'b'), has(p, 's')) + (complete ? '\n' : ''))
  })
}

function advance(column: number, c: string, bytes: boolean): number {
  if (bytes) return column + 1
  if (c === '\t') return column + 8 - (column % 8)
  if (c === '\b') return Math.max(0, column - 1)
  return c === '\r' ? 0 : column + 1
}

function folded(line: string, width: number, bytes: boolean, spaces: boolean): string {
  let out = ''
  let piece = ''
  let column = 0
  for (const c of line) {
    const next = advance(column, c, bytes)
    if (next > width && piece !== '') {
      const blank = spaces ? Math.max(piece.lastIndexOf(' '), piece.lastIndexOf('\t')) : -1
      out += `${blank < 0 ? piece : piece.slice(0, blank + 1)}\n`
      piece = blank < 0 ? '' : piece.slice(blank + 1)
      column = [...piece].reduce((n, k) => advance(n, k, bytes), 0)
      piece += c
      column = advance(column, c, bytes)
    } else {
      piece += c
      column = next
    }
  }
  return out + piece
}

export function comm(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['comm', ...argv.slice(1)], '123z', [
    { name: 'check-order', arg: 'none', opt: 'check' },
    { name: 'nocheck-order', arg: 'none', opt: 'nocheck' },
    { name: 'output-delimiter', arg: 'required', opt: 'output' },
    { name: 'total', arg: 'none', opt: 'total' },
    { name: 'zero-terminated', arg: 'none', opt: 'z' },
  ])
  if (typeof p === 'number') return p
  if (has(p, 'total')) return fail(sys, notModelled('comm', 'option --total'), 1)
  if (p.rest.length === 0) return usage(sys, 'comm', 'missing operand')
  if (p.rest.length === 1) return usage(sys, 'comm', `missing operand after '${p.rest[0]}'`)
  if (p.rest.length > 2) return usage(sys, 'comm', `extra operand '${p.rest[2]}'`)
  return commOf(sys, p)
}

function* commOf(sys: Sys, p: Parsed): Generator<Wait, number, void> {
  const end = has(p, 'z') ? '\0' : '\n'
  const readers: LineReader[] = []
  for (const name of p.rest) {
    const fd = yield* openInput(sys, 'comm', name)
    if (fd === null) return 1
    readers.push(new LineReader(sys, fd, end))
  }
  const out = new Output(sys)
  const between = bytesOf(last(p, 'output') ?? '\t')
  const lead = ['', has(p, '1') ? '' : between, (has(p, '1') ? '' : between) + (has(p, '2') ? '' : between)]
  const check = has(p, 'check') ? 'always' : has(p, 'nocheck') ? 'never' : 'unpaired'
  const warned = [false, false]
  let unpaired = false
  function* disorder(i: 0 | 1, before: string | null, now: string | null): Generator<Wait, boolean, void> {
    if (before === null || now === null || now >= before || warned[i] || check === 'never') return false
    if (check === 'unpaired' && !unpaired) return false
    warned[i] = true
    yield* out.flush()
    sys.write(2, `comm: file ${i + 1} is not in sorted order\n`)
    return true
  }
  let [a, b] = [yield* readers[0]!.next(), yield* readers[1]!.next()]
  while ((a !== null || b !== null) && out.failed === null) {
    const column = a === null ? 1 : b === null ? 0 : a === b ? 2 : a < b ? 0 : 1
    if (column !== 2) unpaired = true
    if (!has(p, String(column + 1))) out.add(lead[column]! + (column === 1 ? b! : a!) + end)
    if (out.due) yield* out.flush()
    const [oldA, oldB] = [a, b]
    if (column !== 1) a = yield* readers[0]!.next()
    if (column !== 0) b = yield* readers[1]!.next()
    const stop = (column !== 1 && (yield* disorder(0, oldA, a))) || (column !== 0 && (yield* disorder(1, oldB, b)))
    if (stop && check === 'always') break
  }
  yield* out.flush()
  if (!warned[0] && !warned[1]) return 0
  if (check !== 'always') sys.write(2, 'comm: input is not in sorted order\n')
  return 1
}
