// The state of printing one packet in tcpdump's words (version 4.99.3): bytes, how far they reach, text so far.
// A read past the captured bytes ends the packet with " [|protocol]", as tcpdump's ND_TCHECK does.
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import { formatMac } from '../../lib/mac.ts'
import { i32, mac48, u16, u32 } from '../bytes.ts'

/** Names instead of numbers (tcpdump without -n); an answer of null leaves the number. */
export interface Names {
  host(addr: Ip4): string | null
  port(port: number, protocol: 'tcp' | 'udp'): string | null
  protocol(protocol: number): string | null
}

/** Per connection "src dst sport dport" in collating order: where relative sequence numbers count from. Plain data. */
export type TcpFlows = Map<string, { readonly seq: number; readonly ack: number }>

export interface SummaryOptions {
  /** -e */
  readonly linkLevel: boolean
  /** Number of -v. */
  readonly verbose: number
  /** -q */
  readonly quiet: boolean
  /** Null prints absolute sequence numbers (-S). Changed by printing. */
  readonly flows: TcpFlows | null
  /** Null prints numbers (-n). */
  readonly names: Names | null
  /** False with -x, -X, -A: what cannot be decoded is not dumped a second time. */
  readonly dump: boolean
}

/** tcpdump -n -S, one line. */
export const PLAIN_SUMMARY: SummaryOptions = Object.freeze({
  linkLevel: false,
  verbose: 0,
  quiet: false,
  flows: null,
  names: null,
  dump: true,
})

/**
 * Thrown and caught inside wire and wire/print only: the captured bytes end here. `checked` says that a printer had looked
 * before (ND_TCHECK); where it had not (GET_*), dumps after the line show the link layer too.
 */
export class Truncated extends Error {
  readonly checked: boolean

  constructor(protocol: string, checked: boolean) {
    super(protocol)
    this.checked = checked
  }
}

export class Printer {
  readonly bytes: Uint8Array
  readonly options: SummaryOptions
  /** Offset of the first byte that must not be read (ndo_snapend). */
  end: number
  /** For " [|protocol]". */
  protocol = ''
  text = ''

  constructor(bytes: Uint8Array, options: SummaryOptions) {
    this.bytes = bytes
    this.options = options
    this.end = bytes.length
  }

  put(text: string): void {
    this.text += text
  }

  has(at: number, n: number): boolean {
    return at >= 0 && at + n <= this.end
  }

  need(at: number, n: number): void {
    if (!this.has(at, n)) throw new Truncated(this.protocol, false)
  }

  check(at: number, n: number): void {
    if (!this.has(at, n)) throw new Truncated(this.protocol, true)
  }

  u8(at: number): number {
    this.need(at, 1)
    return this.bytes[at] ?? 0
  }

  u16(at: number): number {
    this.need(at, 2)
    return u16(this.bytes, at)
  }

  u32(at: number): number {
    this.need(at, 4)
    return u32(this.bytes, at)
  }

  host(at: number): string {
    this.need(at, 4)
    const a = i32(this.bytes, at)
    return this.options.names?.host(a) ?? formatIp4(a)
  }

  mac(at: number): string {
    this.need(at, 6)
    return formatMac(mac48(this.bytes, at))
  }

  port(port: number, protocol: 'tcp' | 'udp'): string {
    return this.options.names?.port(port, protocol) ?? String(port)
  }

  hex(from: number, to: number): string {
    let s = ''
    for (let i = from; i < to; i++) s += this.u8(i).toString(16).padStart(2, '0')
    return s
  }
}

/** fn_print_char: M- for the eighth bit, ^ for control characters. */
export function visibleChar(c: number): string {
  const low = c & 0x7f
  const meta = c > 0x7f ? 'M-' : ''
  return low >= 32 && low < 127 ? meta + String.fromCharCode(low) : `${meta}^${String.fromCharCode(low ^ 0x40)}`
}
