// read and mapfile/readarray. What is not of the line stays unread for the next reader.
// Leaves out read -e, -i (line editing) and mapfile -C, -c (refused by name).
import { concatBytes, toText } from '../../os/bytes.ts'
import type { Run } from '../control.ts'
import { pollJobs } from '../notify.ts'
import type { Shell } from '../shell.ts'
import { isName, newVariable } from '../vars.ts'

const READ_USAGE =
  'read: usage: read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]\n'
const MAPFILE_USAGE =
  'mapfile: usage: mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]\n'

interface ReadOptions {
  raw: boolean
  array: string | null
  delimiter: string
  chars: number | null
  exact: boolean
  prompt: string
  timeout: number | null
  fd: number
  names: string[]
}

/** getopt over a builtin's words; null when wrong (reported). */
function options(
  sh: Shell,
  who: string,
  usage: string,
  words: readonly string[],
  plain: string,
  valued: string,
  set: (letter: string, value: string) => string | null,
): string[] | null {
  let i = 1
  for (; i < words.length; i++) {
    const w = words[i]!
    if (w === '--') return words.slice(i + 1)
    if (!/^-./.test(w)) break
    for (let j = 1; j < w.length; j++) {
      const c = w[j]!
      let complaint: string | null = null
      if (plain.includes(c)) complaint = set(c, '')
      else if (!valued.includes(c)) {
        sh.complain(`${who}: -${c}: invalid option`)
        sh.sys.write(2, usage)
        return null
      } else {
        const value = j + 1 < w.length ? w.slice(j + 1) : words[++i]
        if (value === undefined) {
          sh.complain(`${who}: -${c}: option requires an argument`)
          sh.sys.write(2, usage)
          return null
        }
        complaint = set(c, value)
        j = w.length
      }
      if (complaint !== null) {
        sh.complain(`${who}: ${complaint}`)
        return null
      }
    }
  }
  return words.slice(i)
}

function parseRead(sh: Shell, words: readonly string[]): ReadOptions | null {
  const o: ReadOptions = {
    raw: false,
    array: null,
    delimiter: '\n',
    chars: null,
    exact: false,
    prompt: '',
    timeout: null,
    fd: 0,
    names: [],
  }
  const names = options(sh, 'read', READ_USAGE, words, 'rseE', 'adiInNptu', (c, v) => {
    switch (c) {
      case 'r':
        o.raw = true
        return null
      case 'a':
        o.array = v
        return null
      case 'd':
        o.delimiter = v === '' ? '\0' : v[0]!
        return null
      case 'n':
      case 'N':
        if (!/^\d+$/.test(v)) return `${v}: invalid number`
        o.chars = Number(v)
        o.exact = c === 'N'
        return null
      case 'p':
        o.prompt = v
        return null
      case 't':
        if (!/^\d*\.?\d*$/.test(v) || v === '') return `${v}: invalid timeout specification`
        o.timeout = Number(v)
        return null
      case 'u':
        if (!/^\d+$/.test(v) || sh.sys.file(Number(v)) === undefined)
          return `${v}: invalid file descriptor: Bad file descriptor`
        o.fd = Number(v)
        return null
      case 's':
        return null
      default:
        return `-${c}: line editing is not modelled by netsim`
    }
  })
  if (names === null) return null
  o.names = names
  return o
}

/** What a line costs that is read and taken apart. */
const LINE_STEPS = 2

type Line = { readonly text: string; readonly status: number }

/** Bytes up to a delimiter (taken, not given), or `chars` characters, or the end of the file, or the deadline. */
function* readUntil(
  sh: Shell,
  fd: number,
  delimiter: string,
  chars: number | null,
  exact: boolean,
  deadline: number | null,
): Run<Line> {
  const parts: Uint8Array[] = []
  const stop = delimiter.charCodeAt(0)
  sh.sys.charge(LINE_STEPS)
  let count = 0
  for (;;) {
    const p = sh.sys.peek(fd)
    if (!p.ok) {
      sh.complain(`read: read error: ${fd}: Bad file descriptor`)
      return { text: '', status: 1 }
    }
    const data = chars === null ? p.value.data : p.value.data.subarray(0, chars - count)
    const end = exact ? -1 : data.indexOf(stop)
    let take = end >= 0 ? end + 1 : data.length
    if (chars !== null && take > chars - count) take = chars - count
    if (take > 0) {
      sh.sys.read(fd, take)
      const found = end >= 0 && take === end + 1
      parts.push(data.slice(0, found ? take - 1 : take))
      count += take
      if (found) return { text: toText(concatBytes(parts)), status: 0 }
    }
    const text = (): string => (parts.length === 0 ? '' : toText(concatBytes(parts)))
    if (chars !== null && count >= chars) return { text: text(), status: 0 }
    if (p.value.eof && take === p.value.data.length) return { text: text(), status: 1 }
    if (deadline !== null && sh.sys.now() >= deadline) return { text: text(), status: 142 }
    for (let s = sh.sys.takeSignal(); s !== null; s = sh.sys.takeSignal()) sh.arrived.push(s)
    yield deadline === null ? { readable: [fd] } : { readable: [fd], until: deadline }
    // SIGCHLD: children that ended meanwhile are reaped.
    if (sh.jobs.open > 0) pollJobs(sh)
  }
}

/** A line with its continuation lines; characters behind backslashes are marked by \x01 until the fields are made. */
function* readLine(sh: Shell, o: ReadOptions): Run<Line> {
  const deadline = o.timeout === null ? null : sh.sys.now() + o.timeout * 1e9
  let text = ''
  for (;;) {
    const r = yield* readUntil(sh, o.fd, o.delimiter, o.chars, o.exact, deadline)
    text += r.text
    if (o.raw) return { text: text.replaceAll('\0', ''), status: r.status }
    const open = /(^|[^\\])(\\\\)*\\$/.test(text)
    if (open && r.status === 0 && o.chars === null) {
      text = text.slice(0, -1)
      continue
    }
    return {
      text: text.replaceAll('\0', '').replace(/\\([\s\S]?)/g, (_, c: string) => (c === '' ? '' : `\x01${c}`)),
      status: r.status,
    }
  }
}

const plainText = (t: string): string => t.replace(/\x01/g, '')

/** Split a line by IFS into at most `count` fields; the last keeps the rest. */
export function splitFields(line: string, ifs: string, count: number): string[] {
  if (ifs === '') return [plainText(line)]
  const isWhite = (c: string | undefined): boolean => c !== undefined && ' \t\n'.includes(c) && ifs.includes(c)
  const isDelimiter = (i: number): boolean => line[i] !== undefined && line[i - 1] !== '\x01' && ifs.includes(line[i]!)
  const out: string[] = []
  let i = 0
  while (isWhite(line[i])) i++
  while (i < line.length) {
    if (out.length === count - 1) {
      out.push(lastField(line.slice(i), isWhite, ifs))
      break
    }
    const from = i
    while (i < line.length && !isDelimiter(i)) i++
    out.push(plainText(line.slice(from, i)))
    while (isDelimiter(i) && isWhite(line[i])) i++
    if (isDelimiter(i) && !isWhite(line[i])) {
      i++
      while (isDelimiter(i) && isWhite(line[i])) i++
    }
  }
  return out
}

/** The rest of the line without trailing white space, and without one delimiter when it is the only one left. */
function lastField(rest: string, isWhite: (c: string | undefined) => boolean, ifs: string): string {
  let end = rest.length
  while (end > 0 && isWhite(rest[end - 1]) && rest[end - 2] !== '\x01') end--
  const text = rest.slice(0, end)
  const only = [...text].filter((c, i) => ifs.includes(c) && text[i - 1] !== '\x01')
  if (only.length === 1 && text.endsWith(only[0]!) && !isWhite(only[0])) return plainText(text.slice(0, -1))
  return plainText(text)
}

export function* read(sh: Shell, words: readonly string[]): Run<number> {
  const o = parseRead(sh, words)
  if (o === null) return words.some((w) => /^-t/.test(w)) ? 1 : 2
  for (const n of o.names) {
    if (isName(n.replace(/\[.*\]$/s, ''))) continue
    sh.complain(`read: \`${n}': not a valid identifier`)
    return 1
  }
  if (o.prompt !== '' && sh.sys.isatty(o.fd)) sh.sys.write(2, o.prompt)
  if (o.timeout === 0) {
    const p = sh.sys.peek(o.fd)
    return p.ok && (p.value.eof || p.value.data.length > 0) ? 0 : 1
  }
  const line = yield* readLine(sh, o)
  if (o.array !== null) {
    const v = sh.vars.ensure(o.array)
    const fields = splitFields(line.text, sh.ifs, Number.POSITIVE_INFINITY)
    Object.assign(v, { ...newVariable(), exported: v.exported }, { array: new Map(fields.map((f, i) => [i, f])) })
    return line.status
  }
  if (o.names.length === 0) {
    sh.assign('REPLY', plainText(line.text))
    return line.status
  }
  const fields = o.exact ? [plainText(line.text)] : splitFields(line.text, sh.ifs, o.names.length)
  for (const [i, n] of o.names.entries()) {
    const m = /^(\w+)\[(.*)\]$/s.exec(n)
    if (m === null) sh.assign(n, fields[i] ?? '')
    else sh.setElement(m[1]!, m[2]!, fields[i] ?? '')
  }
  return line.status
}

export function* mapfile(sh: Shell, words: readonly string[]): Run<number> {
  const o = { delimiter: '\n', count: 0, origin: null as number | null, skip: 0, trim: false, fd: 0 }
  const names = options(sh, words[0]!, MAPFILE_USAGE, words, 't', 'dnOsuCc', (c, v) => {
    if (c === 't') o.trim = true
    else if (c === 'd') o.delimiter = v === '' ? '\0' : v[0]!
    else if (c === 'C' || c === 'c') return `-${c}: not modelled by netsim`
    else if (!/^\d+$/.test(v)) return `${v}: invalid ${c === 'u' ? 'file descriptor specification' : 'line count'}`
    else if (c === 'n') o.count = Number(v)
    else if (c === 'O') o.origin = Number(v)
    else if (c === 's') o.skip = Number(v)
    else o.fd = Number(v)
    return null
  })
  if (names === null) return 2
  const name = names[0] ?? 'MAPFILE'
  if (!isName(name)) {
    sh.complain(`${words[0]}: \`${name}': not a valid identifier`)
    return 1
  }
  const v = sh.vars.ensure(name)
  if (o.origin === null || v.array === null) Object.assign(v, newVariable(), { array: new Map() })
  let index = o.origin ?? 0
  for (let n = 0; o.count === 0 || n < o.count + o.skip; n++) {
    const line = yield* readUntil(sh, o.fd, o.delimiter, null, false, null)
    if (line.status !== 0 && line.text === '') break
    if (n >= o.skip) v.array!.set(index++, o.trim || line.status !== 0 ? line.text : line.text + o.delimiter)
    if (line.status !== 0) break
  }
  return 0
}
