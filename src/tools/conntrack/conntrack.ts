// conntrack 1.4.7: connections listed, looked up, deleted, counted, and watched (-E runs until it is interrupted).
// Read first: conntrack(8). parse.ts reads the command line, print.ts and xml.ts write. Leaves out -I, -A, -U, -R, making and
// watching expectations, labels, secmarks (refused by name).
import { unreachable } from '../../lib/never.ts'
import type { CtEvent, CtFilter, CtInfo, CtStats, CtTuple } from '../../uapi/conntrack.ts'
import type { Machine, ProgramEvent, Sys } from '../../uapi/program.ts'
import { exitStatus } from '../lib/exit.ts'
import { BANNER, notModelled, other, PROGRAM, VERSION } from './exit.ts'
import { fits, hasOtherDestination, hasOtherSource } from './filter.ts'
import { HELP } from './help.ts'
import { type EventMask, type Output, type Parsed, parse } from './parse.ts'
import { line, saveLine } from './print.ts'
import { XML_END, XML_HEAD, xml } from './xml.ts'

/** A running -E. */
interface State {
  fd: number
  readonly filter: CtFilter
  readonly events: EventMask
  readonly output: Output
  readonly ipv4: boolean
  shown: number
}

/** use=: how many hold the connection: the table, and whoever looks it up. */
const DUMPED = 1
const LOOKED_UP = 2

function said(sys: Sys, text: string): void {
  sys.write(2, `${BANNER}${text}\n`)
}

/** One connection in the form that -o asks for. */
function show(c: CtInfo, event: CtEvent['kind'] | null, o: Output, use: number | null): string {
  if (o.save) return saveLine(c, event, hasOtherSource(c), hasOtherDestination(c))
  return o.xml ? xml(c, event, use) : line(c, event, { extended: o.extended, id: o.id, use })
}

/**
 * What was found, and how much it was. stdio keeps lines back until the end unless they go to a terminal (or -o xml, which flushes): the
 * message on stderr comes first then.
 */
function showAll(sys: Sys, found: readonly CtInfo[], o: Output, use: number, message: string): void {
  const framed = o.xml && found.length > 0 && use === DUMPED
  const lines = found.map((c) => `${show(c, null, o, use)}\n`).join('')
  const text = framed ? `${XML_HEAD}${lines}${XML_END}` : lines
  const late = !sys.isatty(1) && !framed
  if (!late) sys.write(1, text)
  said(sys, message)
  if (late && text !== '') sys.write(1, text)
}

/** What a dump may show: `-u` is compared by the kernel; nothing of IPv6 is there. Null: nothing can fit. */
function dumpFilter(p: Parsed): CtFilter | null {
  if (p.family === 'ipv6') return null
  if (p.status === null) return p.filter
  const { value, mask } = p.status
  if (mask === 0) other('Operation failed: invalid parameters')
  if ((value & ~mask) !== 0) return null
  return { ...p.filter, statusSet: value, statusUnset: mask & ~value }
}

function list(sys: Sys, p: Parsed): number {
  const filter = p.table === 'conntrack' ? dumpFilter(p) : null
  const r = filter === null ? null : sys.netlink.request(sys.netns, 'ct.list', { filter: { ...filter, zero: p.zero } })
  const found = r?.ok === true ? r.value : []
  showAll(sys, found, p.output, DUMPED, `${found.length} flow entries have been shown.`)
  return 0
}

/** nfct_cmp's way with -u: all of these bits. */
function remove(sys: Sys, p: Parsed): number {
  const filter = p.status === null ? p.filter : { ...p.filter, statusSet: p.status.value }
  const r = p.family === 'ipv6' ? null : sys.netlink.request(sys.netns, 'ct.delete', { filter, portid: sys.pid })
  const gone = r?.ok === true ? r.value : []
  showAll(sys, gone, { ...p.output, xml: false }, DUMPED, `${gone.length} flow entries have been deleted.`)
  return gone.length === 0 ? 1 : 0
}

function wanted(f: CtFilter): CtTuple {
  return {
    src: f.origSrc?.addr ?? 0,
    dst: f.origDst?.addr ?? 0,
    sport: f.icmpId ?? f.origSport ?? 0,
    dport: f.origDport ?? 0,
    protocol: f.protocol ?? 0,
    icmpType: f.icmpType ?? 0,
    icmpCode: f.icmpCode ?? 0,
  }
}

function get(sys: Sys, p: Parsed): number {
  if (p.family === 'ipv6') other("Operation failed: such conntrack doesn't exist")
  // without the original direction, what the program sends names no protocol
  if (p.filter.origSrc === undefined) other('Operation failed: invalid parameters')
  const r = sys.netlink.request(sys.netns, 'ct.get', {
    tuple: wanted(p.filter),
    reply: false,
    zone: p.filter.zone ?? 0,
  })
  if (!r.ok) other("Operation failed: such conntrack doesn't exist")
  showAll(sys, [r.value], p.output, LOOKED_UP, '1 flow entries have been shown.')
  return 0
}

const STATISTICS: readonly (readonly [string, keyof CtStats])[] = Object.freeze([
  ['found', 'found'],
  ['invalid', 'invalid'],
  ['insert', 'insert'],
  ['insert_failed', 'insertFailed'],
  ['drop', 'drop'],
  ['early_drop', 'earlyDrop'],
  ['error', 'error'],
  ['search_restart', 'searchRestart'],
  ['clash_resolve', 'clashResolve'],
  ['chaintoolong', 'chainToolong'],
] as const)

function statistics(sys: Sys): number {
  const r = sys.netlink.request(sys.netns, 'ct.stats', {})
  if (r.ok) sys.write(1, `cpu=0   \t${STATISTICS.map(([word, key]) => `${word}=${r.value[key]} `).join('')}\n`)
  return 0
}

function count(sys: Sys): number {
  const r = sys.netlink.request(sys.netns, 'ct.count', {})
  if (r.ok) sys.write(1, `${r.value.count}\n`)
  return 0
}

/** -f makes no difference: the message is of version 0, for which the kernel looks at no family. */
function flush(sys: Sys): number {
  sys.netlink.request(sys.netns, 'ct.flush', { portid: sys.pid })
  said(sys, 'connection tracking table has been emptied.')
  return 0
}

function help(sys: Sys, p: Parsed): number {
  sys.write(1, HELP)
  if (p.protocol !== null) sys.write(1, `Proto \`${p.protocol.name}' help:\n${p.protocol.help}`)
  return 0
}

function watch(sys: Sys, p: Parsed): State {
  if (p.output.xml && p.output.timestamp) notModelled('-E -o xml,timestamp')
  if (p.bufferSize !== null)
    sys.write(2, `NOTICE: Netlink socket buffer size has been set to ${bufferSize(p.bufferSize)} bytes.\n`)
  const { filter, events, output } = p
  return { fd: -1, filter, events, output, ipv4: p.family !== 'ipv6', shown: 0 }
}

/** SO_RCVBUFFORCE: doubled, and no smaller than SOCK_MIN_RCVBUF. */
function bufferSize(bytes: number): number {
  return Math.max(2 * bytes, 2304)
}

function run(sys: Sys, p: Parsed): State | number {
  switch (p.command) {
    case 'list':
      return list(sys, p)
    case 'get':
      return get(sys, p)
    case 'delete':
      return remove(sys, p)
    case 'flush':
      return flush(sys)
    case 'event':
      return watch(sys, p)
    case 'count':
      return count(sys)
    case 'stats':
      return statistics(sys)
    case 'version':
      sys.write(1, `${PROGRAM} v${VERSION} (conntrack-tools)\n`)
      return 0
    case 'help':
      return help(sys, p)
    case 'exp-list':
      said(sys, '0 expectations have been shown.')
      return 0
    case 'exp-flush':
      said(sys, 'expectation table has been emptied.')
      return 0
    case 'exp-count':
      sys.write(1, '0\n')
      return 0
    case 'exp-stats':
      sys.write(1, 'cpu=0   \texpect_new=0 expect_create=0 expect_delete=0 \n')
      return 0
    default:
      return unreachable(p.command)
  }
}

function start(sys: Sys, argv: readonly string[]): State | number {
  try {
    return run(sys, parse(sys, argv))
  } catch (e) {
    return exitStatus(sys, e)
  }
}

/** event_print_timestamp */
function timestamp(sys: Sys): string {
  const ns = sys.wallClock()
  const micro = String(Math.floor((ns % 1e9) / 1000)).padStart(6, '0')
  return `[${Math.floor(ns / 1e9)}.${micro}]\t`
}

function tell(sys: Sys, st: State, e: CtEvent): void {
  if (!st.events[e.kind] || !st.ipv4 || !fits(e.info, st.filter)) return
  let text = st.output.xml && st.shown === 0 ? XML_HEAD : ''
  if (st.output.timestamp && !st.output.save) text += timestamp(sys)
  text += show(e.info, e.kind, st.output, null)
  if (e.portid !== undefined && !st.output.xml) text += ` [USERSPACE] portid=${e.portid} progname=${PROGRAM}`
  sys.write(1, `${text}\n`)
  st.shown++
}

function step(sys: Sys, st: State, event: ProgramEvent): void {
  if (event.kind === 'start') {
    sys.onSignal(['INT', 'TERM'])
    st.fd = sys.monitor()
    sys.watch(st.fd, true, false)
    return
  }
  if (event.kind === 'signal') {
    if (st.output.xml && st.shown > 0) sys.write(1, XML_END)
    said(sys, `${st.shown} flow events have been shown.`)
    sys.exit(0)
    return
  }
  if (event.kind !== 'ready') return
  for (const n of sys.takeNotifications(st.fd)) if (n.kind === 'conntrack') tell(sys, st, n.event)
}

export const conntrack: Machine<State> = { start, step }
