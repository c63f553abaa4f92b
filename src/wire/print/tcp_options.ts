// TCP options in tcpdump's words, in the order of their bytes. MPTCP, MD5 and fast open are shown as bytes.
import { TCPOPT_EOL, TCPOPT_MSS, TCPOPT_NOP, TCPOPT_SACK, TCPOPT_TIMESTAMP, TCPOPT_WINDOW } from '../tcp_options.ts'
import type { Printer } from './printer.ts'

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

/** The option's value and how many of its data bytes were read; null when they are not there. */
function value(p: Printer, kind: number, at: number, data: number, left: number, base: number): [string, number] | null {
  const fixed = (n: number, text: () => string): [string, number] | null => (n > left ? null : [text(), n])
  switch (kind) {
    case TCPOPT_EOL:
    case TCPOPT_NOP:
    case 4:
      return ['', 0]
    case TCPOPT_MSS:
      return fixed(2, () => ` ${p.u16(at)}`)
    case TCPOPT_WINDOW:
      return fixed(1, () => ` ${p.u8(at)}`)
    case TCPOPT_TIMESTAMP:
      return fixed(8, () => ` val ${p.u32(at)} ecr ${p.u32(at + 4)}`)
    case 6:
    case 7:
    case 11:
    case 12:
    case 13:
      return fixed(4, () => ` ${p.u32(at)}`)
    case TCPOPT_SACK:
      return sack(p, at, data, left, base)
    default:
      if (data > left) return null
      return [data > 0 ? ` 0x${p.hex(at, at + data)}` : '', data]
  }
}

function sack(p: Printer, at: number, data: number, left: number, base: number): [string, number] | null {
  if (data % 8 !== 0) return [' invalid sack', data]
  if (data > left) return null
  let text = ` ${data / 8} `
  for (let i = 0; i < data; i += 8) text += `{${(p.u32(at + i) - base) >>> 0}:${(p.u32(at + i + 4) - base) >>> 0}}`
  return [text, data]
}

/** ", options […]"; false when they are malformed, which ends the packet's line. */
export function summaryTcpOptions(p: Printer, start: number, length: number, sackBase: number): boolean {
  p.put(', options [')
  let at = start
  let left = length
  let separator = ''
  const bad = (): boolean => {
    p.put(`[bad opt]${separator === '' ? '' : ']'}`)
    return false
  }
  while (left > 0) {
    p.put(separator)
    const kind = p.u8(at)
    const alone = kind === TCPOPT_EOL || kind === TCPOPT_NOP
    const len = alone ? 1 : p.u8(at + 1)
    if (!alone && (len < 2 || len > left)) return bad()
    const head = alone ? 1 : 2
    p.put(NAMES.get(kind) ?? `unknown-${kind}`)
    const v = value(p, kind, at + head, len - head, left - head, sackBase)
    if (v === null) return bad()
    p.put(v[0])
    if (v[1] + head !== len) p.put(`[len ${len}]`)
    at += head + v[1]
    left -= head + v[1]
    separator = ','
    if (kind === TCPOPT_EOL) break
  }
  p.put(']')
  return true
}
