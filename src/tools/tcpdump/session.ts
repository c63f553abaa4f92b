// What one run of tcpdump keeps, and what it does with each packet that the filter took. Read first: ../tcpdump.ts.
import type { Sys } from '../../uapi/program.ts'
import type { TcpFlows } from '../../wire/print/printer.ts'
import { decodeSll2 } from '../../wire/sll2.ts'
import { summarizeCaptured } from '../../wire/summary.ts'
import type { Filter } from './filter.ts'
import { type Hosts, printedNames } from './names.ts'
import type { Capture } from './open.ts'
import type { Options } from './options.ts'
import { flush, put, type Stream, timestamp } from './output.ts'
import { type PcapRecord, pcapRecord } from './pcap.ts'

/** Plain data, copied with the machine. */
export interface Session {
  readonly options: Options
  readonly hosts: Hosts
  filter: Filter
  link: 'ethernet' | 'any'
  readonly out: Stream
  /** -w */
  file: Stream | null
  captured: number
  received: number
  /** Time of the previous (-ttt) or first (-ttttt) packet. */
  reference: number | null
  readonly flows: TcpFlows
}

export interface CaptureState extends Capture {
  /** What "Got N" said last. */
  progress: number
}

/** One packet as captured: as in a savefile. */
export type Captured = PcapRecord

function deviceName(sys: Sys, ifindex: number): string {
  const r = sys.netlink.request(sys.netns, 'link.get', { dev: ifindex })
  return r.ok ? r.value.link.name : '?'
}

/** The packet's lines, with the final newline. */
function text(sys: Sys, s: Session, c: Captured): string {
  const o = s.options
  const dump = o.hex + o.hexAscii + o.ascii > 0 ? { hex: o.hex, hexAscii: o.hexAscii, ascii: o.ascii } : null
  const cooked = s.link === 'any' ? deviceName(sys, decodeSll2(c.bytes).ifindex) : null
  const summary = summarizeCaptured(
    { bytes: c.bytes, wireLength: c.wireLength, cooked },
    {
      linkLevel: o.linkLevel,
      verbose: o.verbose,
      quiet: o.quiet,
      flows: o.absoluteSeq ? null : s.flows,
      names: o.numeric ? null : printedNames(s.hosts),
      dump: !o.quiet && o.hex + o.hexAscii === 0,
    },
    dump,
  )
  const number = o.packetNumber ? `${String(s.captured).padStart(5)}  ` : ''
  const time = timestamp(o.time, c.time, s.reference)
  if (o.time === 3 || s.reference === null) s.reference = c.time
  return `${number}${time}${summary}\n`
}

/** Count, write and print one packet; false when an output failed. */
export function account(sys: Sys, s: Session, c: Captured): boolean {
  s.captured++
  const { file, options } = s
  if (file !== null && !put(sys, file, pcapRecord(c))) return false
  const prints = (file === null && !options.countOnly) || (file !== null && options.print)
  return !prints || put(sys, s.out, new TextEncoder().encode(text(sys, s, c)))
}

/** Flush both outputs; an interrupted run that prints ends in an empty line. */
export function endOutput(sys: Sys, s: Session, interrupted: boolean): boolean {
  if (s.file !== null) {
    const written = flush(sys, s.file)
    return flush(sys, s.out) && written
  }
  return (!interrupted || put(sys, s.out, Uint8Array.of(10))) && flush(sys, s.out)
}

/** The statistics: three lines at the end, one in between (SIGUSR1). */
export function info(sys: Sys, s: Session, final: boolean): void {
  const plural = (n: number, what: string): string => `${n} packet${n === 1 ? '' : 's'} ${what}`
  const lines = [
    plural(s.captured, 'captured'),
    plural(s.received, 'received by filter'),
    plural(0, 'dropped by kernel'),
  ]
  sys.write(2, final ? `${lines.join('\n')}\n` : `tcpdump: ${lines.join(', ')}\n`)
}
