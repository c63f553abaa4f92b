// tcpdump 4.99.3: capture on a device or read a file, filter, print or write. Read first: tcpdump/options.ts.
// tcpdump/ has its parts: filter*.ts the language, open.ts the socket, output.ts the streams, pcap.ts the file format;
// what a packet looks like is wire/summary.ts. Leaves out the kernel's 100 ms … 1 s of ring buffering: packets show at once.
import { strerror } from '../lib/errno.ts'
import type { Machine, ProgramEvent, Signal, Sys } from '../uapi/program.ts'
import { concat } from '../wire/bytes.ts'
import { NO_DATA } from '../wire/packet.ts'
import { deviceList } from './tcpdump/devices.ts'
import { type FilterContext, MATCH_ALL } from './tcpdump/filter.ts'
import { matchesBytes } from './tcpdump/filter_eval.ts'
import { parseFilter } from './tcpdump/filter_parse.ts'
import { captureFrame } from './tcpdump/frame.ts'
import { filterContext, readHosts } from './tcpdump/names.ts'
import { openCapture } from './tcpdump/open.ts'
import { type Options, parseOptions } from './tcpdump/options.ts'
import { flush, put, stream } from './tcpdump/output.ts'
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2, pcapHeader, readPcap } from './tcpdump/pcap.ts'
import { account, type Captured, type CaptureState, endOutput, info, type Session } from './tcpdump/session.ts'

export type TcpdumpState =
  | { readonly kind: 'capture'; readonly session: Session; readonly capture: CaptureState }
  /** Reading a savefile from a pipe that has not ended yet. */
  | { readonly kind: 'reading'; readonly session: Session; readonly fd: number; bytes: Uint8Array }

const SIGNALS: readonly Signal[] = Object.freeze(['INT', 'TERM', 'HUP', 'PIPE', 'USR1', 'USR2'])
const LINK_NAMES: ReadonlyMap<number, string> = new Map([
  [LINKTYPE_ETHERNET, 'EN10MB (Ethernet)'],
  [LINKTYPE_LINUX_SLL2, 'LINUX_SLL2 (Linux cooked v2)'],
])
/** "Got N" of -w -v, once a second. */
const PROGRESS_TIMER = 1
const SECOND = 1e9

function fail(sys: Sys, message: string): 1 {
  sys.write(2, `tcpdump: ${message}\n`)
  return 1
}

function session(sys: Sys, options: Options): Session {
  return {
    options,
    hosts: readHosts(sys),
    filter: MATCH_ALL,
    link: 'ethernet',
    out: stream(1, options.lineBuffered || options.packetBuffered || sys.isatty(1)),
    file: null,
    captured: 0,
    received: 0,
    reference: null,
    flows: new Map(),
  }
}

/** The filter for this link layer; false when it was wrong and tcpdump has said so. */
function compile(sys: Sys, s: Session, link: FilterContext['link']): boolean {
  s.link = link
  const parsed = parseFilter(s.options.filter, filterContext(s.hosts, link))
  if (!parsed.ok) {
    fail(sys, parsed.message)
    return false
  }
  s.filter = parsed.filter
  return true
}

/** -w: the file with its header, false when it cannot be made. */
function openSavefile(sys: Sys, s: Session): boolean {
  const name = s.options.write
  if (name === null) return true
  let fd = 1
  if (name !== '-') {
    const opened = sys.open(name, 'write', true)
    if (!opened.ok) {
      fail(sys, `${name}: ${strerror(opened.errno)}`)
      return false
    }
    fd = opened.value
  }
  s.file = stream(fd, s.options.packetBuffered)
  put(sys, s.file, pcapHeader(s.link === 'any' ? LINKTYPE_LINUX_SLL2 : LINKTYPE_ETHERNET, s.options.snaplen))
  return true
}

function startCapture(sys: Sys, s: Session): TcpdumpState | number {
  const o = s.options
  const opened = openCapture(sys, o)
  if (typeof opened === 'string') return fail(sys, opened)
  const any = opened.ifindex === 0
  if (any) sys.write(2, 'tcpdump: data link type LINUX_SLL2\n')
  if (!compile(sys, s, any ? 'any' : 'ethernet') || !openSavefile(sys, s)) {
    sys.close(opened.fd)
    return 1
  }
  const lead =
    o.verbose > 0 || o.write !== null ? '' : 'verbose output suppressed, use -v[v]... for full protocol decode\n'
  const type = LINK_NAMES.get(any ? LINKTYPE_LINUX_SLL2 : LINKTYPE_ETHERNET)
  sys.write(2, `tcpdump: ${lead}listening on ${opened.device}, link-type ${type}, snapshot length ${o.snaplen} bytes\n`)
  sys.onSignal(SIGNALS)
  sys.watch(opened.fd, true, false)
  if (o.verbose > 0 && o.write !== null && !o.print) sys.setTimer(PROGRESS_TIMER, sys.now() + SECOND)
  return { kind: 'capture', session: s, capture: { ...opened, progress: -1 } }
}

function startReading(sys: Sys, s: Session, name: string): TcpdumpState | number {
  let fd = 0
  if (name !== '-') {
    const opened = sys.open(name, 'read')
    if (!opened.ok) return fail(sys, `${name}: ${strerror(opened.errno)}`)
    fd = opened.value
  }
  const state: TcpdumpState = { kind: 'reading', session: s, fd, bytes: NO_DATA }
  const code = readMore(sys, state)
  if (code === null) {
    sys.onSignal(SIGNALS)
    sys.watch(fd, true, false)
    return state
  }
  return code
}

/** Read what is there; the exit code once the file has ended. */
function readMore(sys: Sys, state: Extract<TcpdumpState, { kind: 'reading' }>): number | null {
  for (;;) {
    const r = sys.read(state.fd)
    if (!r.ok && r.errno === 'EAGAIN') return null
    if (!r.ok) return fail(sys, `${state.session.options.read}: ${strerror(r.errno)}`)
    if (r.value.length === 0) return processFile(sys, state.session, state.bytes)
    state.bytes = concat(state.bytes, r.value)
  }
}

function processFile(sys: Sys, s: Session, bytes: Uint8Array): number {
  const file = readPcap(bytes)
  if (typeof file === 'string') return fail(sys, file)
  const type = LINK_NAMES.get(file.linktype)
  const name = s.options.read
  if (type === undefined) return fail(sys, `${name}: link-type ${file.linktype} is not modelled`)
  sys.write(2, `reading from file ${name}, link-type ${type}, snapshot length ${file.snaplen}\n`)
  const any = file.linktype === LINKTYPE_LINUX_SLL2
  if (any) sys.write(2, 'Warning: interface names might be incorrect\n')
  if (!compile(sys, s, any ? 'any' : 'ethernet') || !openSavefile(sys, s)) return 1
  for (const r of file.records) {
    if (!matchesBytes(s.filter, r.bytes, r.wireLength, s.link)) continue
    if (!account(sys, s, r)) return writeFailed(sys, s)
    if (s.captured === s.options.count) return endFile(sys, s)
  }
  if (file.trouble !== null) {
    endOutput(sys, s, false)
    return fail(sys, `pcap_loop: ${file.trouble}`)
  }
  return endFile(sys, s)
}

function endFile(sys: Sys, s: Session): number {
  if (!endOutput(sys, s, false)) return writeFailed(sys, s)
  if (s.options.countOnly) sys.write(1, `${s.captured} packet${s.captured === 1 ? '' : 's'}\n`)
  return 0
}

function writeFailed(sys: Sys, s: Session): number {
  const errno = s.out.error ?? s.file?.error ?? 'EIO'
  sys.write(2, `tcpdump: Unable to write output: ${strerror(errno)}\n`)
  return 14
}

/** End of a live capture: flush, statistics, exit. */
function finish(sys: Sys, s: Session, interrupted: boolean, trouble: string | null): void {
  const written = endOutput(sys, s, interrupted)
  if (!written) {
    sys.exit(writeFailed(sys, s))
    return
  }
  if (trouble !== null) sys.write(2, `tcpdump: pcap_loop: ${trouble}\n`)
  info(sys, s, true)
  sys.exit(trouble === null ? 0 : 1)
}

function receive(sys: Sys, s: Session, c: CaptureState): void {
  for (;;) {
    const r = sys.sockets.recv(c.socket)
    if (!r.ok) {
      if (r.errno !== 'EAGAIN') socketTrouble(sys, s, c)
      return
    }
    const frame: Captured | null = captureFrame(sys, s, c, r.value)
    if (frame === null) continue
    if (!account(sys, s, frame)) {
      sys.exit(writeFailed(sys, s))
      return
    }
    if (s.captured === s.options.count) {
      finish(sys, s, false, null)
      return
    }
  }
}

/** ENETDOWN: a device that is only down may come back; one that is gone ends the capture. */
function socketTrouble(sys: Sys, s: Session, c: CaptureState): void {
  if (c.ifindex === 0) return
  const link = sys.netlink.request(sys.netns, 'link.get', { dev: c.ifindex })
  if (!link.ok) finish(sys, s, false, 'The interface disappeared')
}

function onSignal(sys: Sys, s: Session, signal: Signal): void {
  switch (signal) {
    case 'USR1':
      info(sys, s, false)
      break
    case 'USR2':
      if (s.file !== null) flush(sys, s.file)
      break
    default:
      finish(sys, s, true, null)
  }
}

function progress(sys: Sys, s: Session, c: CaptureState): void {
  if (s.captured !== c.progress) sys.write(2, `Got ${s.captured}\r`)
  c.progress = s.captured
  sys.setTimer(PROGRESS_TIMER, sys.now() + SECOND)
}

function stepReading(sys: Sys, state: Extract<TcpdumpState, { kind: 'reading' }>, event: ProgramEvent): void {
  if (event.kind === 'signal') {
    endOutput(sys, state.session, true)
    sys.exit(0)
  } else if (event.kind === 'ready') {
    const code = readMore(sys, state)
    if (code !== null) sys.exit(code)
  }
}

/** The program. */
export const tcpdump: Machine<TcpdumpState> = Object.freeze({
  start(sys: Sys, argv: readonly string[]): TcpdumpState | number {
    const parsed = parseOptions(argv.slice(1))
    if (!parsed.ok) {
      if (parsed.out !== '') sys.write(1, parsed.out)
      if (parsed.err !== '') sys.write(2, parsed.err)
      return parsed.code
    }
    if (parsed.options.list) {
      sys.write(1, deviceList(sys))
      return 0
    }
    const s = session(sys, parsed.options)
    return s.options.read === null ? startCapture(sys, s) : startReading(sys, s, s.options.read)
  },

  step(sys: Sys, state: TcpdumpState, event: ProgramEvent): void {
    if (state.kind === 'reading') {
      stepReading(sys, state, event)
      return
    }
    const { session: s, capture } = state
    if (event.kind === 'ready') receive(sys, s, capture)
    else if (event.kind === 'signal') onSignal(sys, s, event.signal)
    else if (event.kind === 'timer') progress(sys, s, capture)
  },
})
