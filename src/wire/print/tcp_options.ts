// TCP options in tcpdump's words, in the order of their bytes. MPTCP, MD5 and fast open are shown as bytes.
import {
  TCPOPT_EOL,
  TCPOPT_MSS,
  TCPOPT_NOP,
  TCPOPT_SACK,
  TCPOPT_SACK_PERM,
  TCPOPT_TIMESTAMP,
  TCPOPT_WINDOW,
} from '../tcp_options.ts'
import { type Printer, Truncated } from './printer.ts'

const NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'eol'],
  [1, 'nop'],
  [2, 'mss'],
  [3, 'wscale'],
  [4, 'sackOK'],
  [5, 'sack'],
  [6, 'echo'],
  [7, 'echoreply'],
  [8, 'TS'],
  [11, 'cc'],
  [12, 'ccnew'],
  [13, ''],
  [19, 'md5'],
  [20, 'scps'],
  [28, 'uto'],
  [29, 'tcp-ao'],
  [30, 'mptcp'],
  [34, 'tfo'],
  [254, 'exp'],
])

/** Data bytes that the kind itself fixes. */
const VALUE_LENGTH: ReadonlyMap<number, number> = new Map([
  [TCPOPT_EOL, 0],
  [TCPOPT_NOP, 0],
  [TCPOPT_SACK_PERM, 0],
  [TCPOPT_MSS, 2],
  [TCPOPT_WINDOW, 1],
  [TCPOPT_TIMESTAMP, 8],
  [6, 4],
  [7, 4],
  [11, 4],
  [12, 4],
  [13, 4],
])

/** Print the option's value; how many of its data bytes it has, null when the header's length leaves no room for them. */
function value(p: Printer, kind: number, at: number, data: number, left: number, base: number): number | null {
  const n = VALUE_LENGTH.get(kind) ?? data
  if (n > left) return null
  switch (kind) {
    case TCPOPT_MSS:
      p.check(at, n)
      p.put(` ${p.u16(at)}`)
      break
    case TCPOPT_WINDOW:
      p.check(at, n)
      p.put(` ${p.u8(at)}`)
      break
    case TCPOPT_TIMESTAMP:
      p.check(at, n)
      p.put(` val ${p.u32(at)} ecr ${p.u32(at + 4)}`)
      break
    case TCPOPT_SACK:
      sack(p, at, data, base)
      break
    default:
      if (n > 0) bytes(p, at, n, VALUE_LENGTH.has(kind))
  }
  return n
}

function bytes(p: Printer, at: number, n: number, asNumber: boolean): void {
  if (asNumber) {
    p.check(at, n)
    p.put(` ${p.u32(at)}`)
    return
  }
  p.put(' 0x')
  for (let i = at; i < at + n; i++) {
    p.check(i, 1)
    p.put(p.hex(i, i + 1))
  }
}

function sack(p: Printer, at: number, data: number, base: number): void {
  if (data % 8 !== 0) {
    p.put(' invalid sack')
    return
  }
  p.put(` ${data / 8} `)
  for (let i = 0; i < data; i += 8) {
    p.check(at + i, 8)
    p.put(`{${(p.u32(at + i) - base) >>> 0}:${(p.u32(at + i + 4) - base) >>> 0}}`)
  }
}

/** ", options […]"; false when they are malformed or cut off, which ends the packet's line. */
export function summaryTcpOptions(p: Printer, start: number, length: number, sackBase: number): boolean {
  p.put(', options [')
  let separator = ''
  try {
    let at = start
    for (let left = length; left > 0; ) {
      p.put(separator)
      const kind = p.u8(at)
      const alone = kind === TCPOPT_EOL || kind === TCPOPT_NOP
      const len = alone ? 1 : p.u8(at + 1)
      const head = alone ? 1 : 2
      if (len < head || len > left) return badOption(p, separator)
      p.put(NAMES.get(kind) ?? `unknown-${kind}`)
      const n = value(p, kind, at + head, len - head, left - head, sackBase)
      if (n === null) return badOption(p, separator)
      if (n + head !== len) p.put(`[len ${len}]`)
      at += head + n
      left -= head + n
      separator = ','
      if (kind === TCPOPT_EOL) break
    }
  } catch (e) {
    if (!(e instanceof Truncated && e.checked)) throw e
    p.put(` [|tcp]${separator === '' ? '' : '>'}`)
    return false
  }
  p.put(']')
  return true
}

function badOption(p: Printer, separator: string): false {
  p.put(`[bad opt]${separator === '' ? '' : ']'}`)
  return false
}
