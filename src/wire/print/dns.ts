// DNS in tcpdump's words (print-domain.c): queries, answers, and with -vv the other sections.
// Leaves out bit-string labels, EDNS options' contents and TSIG.
import { type Printer, visibleChar } from './printer.ts'

const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [10, 'NULL'],
  [12, 'PTR'],
  [13, 'HINFO'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [39, 'DNAME'],
  [41, 'OPT'],
  [43, 'DS'],
  [46, 'RRSIG'],
  [47, 'NSEC'],
  [48, 'DNSKEY'],
  [251, 'IXFR'],
  [252, 'AXFR'],
  [255, 'ANY'],
  [256, 'URI'],
])
const CLASSES: ReadonlyMap<number, string> = new Map([
  [1, 'IN'],
  [3, 'CHAOS'],
  [4, 'HS'],
  [255, 'ANY'],
])
const OPCODES: readonly string[] = Object.freeze(
  [
    '',
    ' inv_q',
    ' stat',
    ' op3',
    ' notify',
    ' update',
    ' op6',
    ' op7',
    ' op8',
    ' updateA',
    ' updateD',
    ' updateDA',
  ].concat([' updateM', ' updateMA', ' zoneInit', ' zoneRef']),
)
const RCODES: readonly string[] = Object.freeze(
  [
    '',
    ' FormErr',
    ' ServFail',
    ' NXDomain',
    ' NotImp',
    ' Refused',
    ' YXDomain',
    ' YXRRSet',
    ' NXRRSet',
    ' NotAuth',
  ].concat([' NotZone']),
)
const TYPE_OPT = 41
const HEADER = 12

/** Offset after a name, null when it does not end within the bytes. */
function skipName(p: Printer, start: number): number | null {
  for (let i = start; p.has(i, 1); ) {
    const n = p.u8(i)
    if (n === 0) return i + 1
    if (n >= 0xc0) return i + 2
    if (n > 63) return null
    i += 1 + n
  }
  return null
}

/** Print a name; offset after it, null when it is broken. Compression pointers must lead backwards. */
function name(p: Printer, start: number, base: number): number | null {
  let after: number | null = null
  let limit = start - base
  if (!p.has(start, 1)) return null
  if (p.u8(start) === 0) p.put('.')
  for (let i = start; p.has(i, 1); ) {
    const n = p.u8(i)
    if (n === 0) return after ?? i + 1
    if (n >= 0xc0) {
      if (!p.has(i, 2)) return null
      after ??= i + 2
      const offset = p.u16(i) & 0x3fff
      if (offset >= limit) {
        p.put('<BAD PTR>')
        return null
      }
      limit = offset
      i = base + offset
    } else if (n > 63) {
      p.put('<BAD LABEL TYPE>')
      return null
    } else {
      for (let k = i + 1; k <= i + n; k++) {
        if (!p.has(k, 1)) return null
        p.put(visibleChar(p.u8(k)))
      }
      p.put('.')
      i += 1 + n
    }
  }
  return null
}

function question(p: Printer, at: number, base: number): number | null {
  const end = skipName(p, at)
  if (end === null || !p.has(end, 4)) return null
  const type = p.u16(end)
  const cls = p.u16(end + 2)
  p.put(` ${TYPES.get(type) ?? `Type${type}`}${cls === 1 ? '' : ` ${CLASSES.get(cls) ?? `(Class ${cls})`}`}? `)
  return name(p, at, base) === null ? null : end + 4
}

/** RFC 5952; addresses that hold an IPv4 one end in it. */
function ipv6Text(p: Printer, at: number): string {
  const groups: string[] = []
  for (let i = 0; i < 16; i += 2) groups.push(p.u16(at + i).toString(16))
  let [start, length] = [0, 1]
  for (let i = 0; i < 8; i++) {
    let n = 0
    while (groups[i + n] === '0') n++
    if (n > length) [start, length] = [i, n]
  }
  const mapped = start === 0 && (length === 6 || (length === 5 && groups[5] === 'ffff'))
  if (mapped) groups.splice(6, 2, `${p.u8(at + 12)}.${p.u8(at + 13)}.${p.u8(at + 14)}.${p.u8(at + 15)}`)
  if (length === 1) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

/** Relative time as 1h5m. */
function duration(seconds: number): string {
  if (seconds === 0) return '0s'
  const units: readonly (readonly [string, number])[] = [
    ['y', 31536000],
    ['w', 604800],
    ['d', 86400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ]
  let left = seconds
  let text = ''
  for (const [unit, size] of units) {
    if (left >= size) text += `${Math.floor(left / size)}${unit}`
    left %= size
  }
  return text
}

/** One resource record; offset after it, null when it is cut. */
function record(p: Printer, at: number, base: number): number | null {
  let i = skipName(p, at)
  if (p.options.verbose > 0) {
    p.put(' ')
    i = name(p, at, base)
    if (i === null) return null
  }
  if (i === null || !p.has(i, 10)) return p.end
  const type = p.u16(i)
  const cls = p.u16(i + 2)
  if (cls !== 1 && type !== TYPE_OPT) p.put(` ${CLASSES.get(cls) ?? `(Class ${cls})`}`)
  if (type !== TYPE_OPT && p.options.verbose > 2) p.put(` [${duration(p.u32(i + 4))}]`)
  const data = i + 10
  const end = data + p.u16(i + 8)
  p.put(` ${TYPES.get(type) ?? `Type${type}`}`)
  if (end > p.end) return null
  if (type === TYPE_OPT) {
    p.put(` UDPsize=${cls}${(p.u16(i + 6) & 0x8000) === 0 ? '' : ' DO'}`)
    return end
  }
  return recordData(p, type, data, end, base) ? end : null
}

/** False when the data ends too early. */
function recordData(p: Printer, type: number, at: number, end: number, base: number): boolean {
  switch (type) {
    case 1:
      if (!p.has(at, 4)) return false
      p.put(` ${p.u8(at)}.${p.u8(at + 1)}.${p.u8(at + 2)}.${p.u8(at + 3)}`)
      return true
    case 28:
      if (!p.has(at, 16)) return false
      p.put(` ${ipv6Text(p, at)}`)
      return true
    case 2:
    case 5:
    case 12:
    case 39:
      p.put(' ')
      return name(p, at, base) !== null
    case 6:
      return p.options.verbose === 0 || startOfAuthority(p, at, base)
    case 15:
      p.put(' ')
      if (!p.has(at, 2) || name(p, at + 2, base) === null) return false
      p.put(` ${p.u16(at)}`)
      return true
    case 16:
      return strings(p, at, end)
    case 33:
      p.put(' ')
      if (!p.has(at, 6) || name(p, at + 6, base) === null) return false
      p.put(`:${p.u16(at + 4)} ${p.u16(at)} ${p.u16(at + 2)}`)
      return true
    default:
      return true
  }
}

function startOfAuthority(p: Printer, at: number, base: number): boolean {
  p.put(' ')
  const second = name(p, at, base)
  if (second === null) return false
  p.put(' ')
  const numbers = name(p, second, base)
  if (numbers === null || !p.has(numbers, 20)) return false
  for (let i = 0; i < 20; i += 4) p.put(` ${p.u32(numbers + i)}`)
  return true
}

function strings(p: Printer, at: number, end: number): boolean {
  for (let i = at; i < end; ) {
    const n = p.u8(i)
    p.put(' "')
    for (let k = i + 1; k <= i + n; k++) {
      if (!p.has(k, 1)) return false
      p.put(visibleChar(p.u8(k)))
    }
    p.put('"')
    i += 1 + n
  }
  return true
}

/** A section of `count` records led by `title`; offset after it, null when records are missing. */
function section(p: Printer, title: string, at: number, count: number, base: number): number | null {
  if (count === 0) return at
  if (at >= p.end && title !== '') return null
  p.put(title)
  let i: number | null = at
  for (let k = 0; k < count; k++) {
    if (k > 0) {
      if (i >= p.end) return null
      p.put(',')
    }
    i = record(p, i, base)
    if (i === null) return null
  }
  return i
}

/** The response code; an OPT record among the additional ones holds its upper bits. */
function responseCode(p: Printer, base: number): number {
  const low = p.u16(base + 2) & 15
  let i: number | null = base + HEADER
  const counts = [p.u16(base + 4), p.u16(base + 6) + p.u16(base + 8), p.u16(base + 10)]
  for (let part = 0; part < 3; part++) {
    for (let k = 0; k < (counts[part] ?? 0); k++) {
      i = skipName(p, i)
      if (i === null || !p.has(i, part === 0 ? 5 : 10)) return low
      if (part === 2 && p.u16(i) === TYPE_OPT) return low | (p.u8(i + 4) << 4)
      i += part === 0 ? 4 : 10 + p.u16(i + 8)
    }
  }
  return low
}

function response(p: Printer, base: number): boolean {
  const flags = p.u16(base + 2)
  const code = responseCode(p, base)
  const marks = `${flags & 0x400 ? '*' : ''}${flags & 0x80 ? '' : '-'}${flags & 0x200 ? '|' : ''}${flags & 0x20 ? '$' : ''}`
  p.put(`${p.u16(base)}${OPCODES[(flags >> 11) & 15]}${RCODES[code] ?? ` Resp${code}`}${marks}`)
  const [questions, answers, servers, more] = [4, 6, 8, 10].map((o) => p.u16(base + o)) as [
    number,
    number,
    number,
    number,
  ]
  if (questions !== 1) p.put(` [${questions}q]`)
  let i: number | null = base + HEADER
  for (let k = 0; k < questions; k++) {
    if (k > 0) p.put(',')
    if (p.options.verbose > 1) p.put(' q:')
    const next: number | null = p.options.verbose > 1 ? question(p, i, base) : skipName(p, i)
    if (next === null) return false
    i = p.options.verbose > 1 ? next : next + 4
  }
  p.put(` ${answers}/${servers}/${more}`)
  i = section(p, '', i, answers, base)
  return i !== null && (p.options.verbose < 2 || rest(p, i, servers, more, base))
}

function rest(p: Printer, at: number, servers: number, more: number, base: number): boolean {
  const i = section(p, ' ns:', at, servers, base)
  return i !== null && section(p, ' ar:', i, more, base) !== null
}

function request(p: Printer, base: number): boolean {
  const flags = p.u16(base + 2)
  p.put(`${p.u16(base)}${OPCODES[(flags >> 11) & 15]}${flags & 0x100 ? '+' : ''}${flags & 0x10 ? '%' : ''}`)
  if ((flags & 0x6cf) !== 0) p.put(` [b2&3=0x${flags.toString(16)}]`)
  const [questions, answers, servers, more] = [4, 6, 8, 10].map((o) => p.u16(base + o)) as [
    number,
    number,
    number,
    number,
  ]
  const inverse = ((flags >> 11) & 15) === 1
  if (inverse && questions > 0) p.put(` [${questions}q]`)
  if (inverse ? answers !== 1 : answers > 0) p.put(` [${answers}a]`)
  if (!inverse && questions !== 1) p.put(` [${questions}q]`)
  if (servers > 0) p.put(` [${servers}n]`)
  if (more > 0) p.put(` [${more}au]`)
  let i: number | null = base + HEADER
  for (let k = 0; k < questions; k++) {
    if (k > 0 && i >= p.end) return false
    i = question(p, i, base)
    if (i === null) return false
  }
  if (p.options.verbose < 2) return true
  i = section(p, '', i, answers, base)
  return i !== null && rest(p, i, servers, more, base)
}

/** A DNS message of `length` bytes; over TCP it is led by its length. */
export function summaryDns(p: Printer, start: number, bytes: number, overTcp: boolean): void {
  p.protocol = 'domain'
  let at = start
  let length = bytes
  if (overTcp) {
    if (length < 2) {
      p.put(` [DNS over TCP: length ${length} < 2] (invalid)`)
      return
    }
    length -= 2
    if (p.u16(at) !== length) {
      p.put(` [prefix length(${p.u16(at)}) != length(${length})] (invalid)`)
      return
    }
    at += 2
    p.put(' ')
  }
  if (length < HEADER) {
    p.put(`domain [length ${length} < ${HEADER}] (invalid)`)
    return
  }
  p.check(at, HEADER)
  const whole = (p.u16(at + 2) & 0x8000) === 0 ? request(p, at) : response(p, at)
  p.put(whole ? ` (${length})` : ' [|domain]')
}
