// ip monitor: what changes, as it changes. A generator that waits for its descriptor; ends by a signal.
// Reference: iproute2 6.1, ip/ipmonitor.c. Leaves out files, all-nsid, and the objects that the model has not
// (mroute, prefix, netconf, nexthop, stats).
import { unreachable } from '../../lib/never.ts'
import type { Wait } from '../../uapi/program.ts'
import type { Notification } from '../../uapi/request.ts'
import type { Route } from '../../uapi/route.ts'
import { ToolExit } from '../lib/exit.ts'
import { printAddr } from './address_print.ts'
import { Args, matches } from './args.ts'
import type { Context } from './context.ts'
import { EXIT_USAGE, invalidArgument, notModelled } from './exit.ts'
import { MONITOR_HELP, usage } from './help.ts'
import { printLink } from './link_print.ts'
import { printNeigh } from './neigh_print.ts'
import { printRoute, SHOW_ALL } from './route_print.ts'
import { printRule } from './rule_print.ts'

type Kind = Notification['kind']

interface Monitor {
  /** Empty for everything. */
  readonly kinds: Set<Kind>
  label: boolean
  /** 0 for every device. */
  ifindex: number
}

/** Words in the order in which abbreviations are tried. */
const OBJECTS: readonly (readonly [string, Kind | null])[] = Object.freeze([
  ['link', 'link'],
  ['address', 'addr'],
  ['route', 'route'],
  ['mroute', null],
  ['prefix', null],
  ['neigh', 'neigh'],
  ['netconf', null],
  ['rule', 'rule'],
  ['nsid', 'nsid'],
  ['nexthop', null],
] as const)

function takeObject(ctx: Context, word: string, args: Args, m: Monitor): void {
  const object = OBJECTS.find(([name]) => matches(word, name))
  if (object !== undefined) {
    if (object[1] === null) notModelled(`ip monitor ${object[0]}`)
    m.kinds.add(object[1])
  } else if (word === 'stats') notModelled('ip monitor stats')
  else if (word === 'all') m.label = true
  else if (matches(word, 'all-nsid')) notModelled('ip monitor all-nsid')
  else if (matches(word, 'help')) usage(MONITOR_HELP)
  else if (word === 'dev') {
    const name = args.next()
    m.ifindex = ctx.index(name) || invalidArgument('Device does not exist\n', name)
  } else throw new ToolExit(`Argument "${word}" is unknown, try "ip monitor help".\n`, EXIT_USAGE)
}

function parse(ctx: Context, args: Args): Monitor {
  const m: Monitor = { kinds: new Set(), label: false, ifindex: 0 }
  while (args.more) {
    const word = args.take()
    if (matches(word, 'file')) notModelled('ip monitor file')
    if (matches(word, 'label')) m.label = true
    else takeObject(ctx, word, args, m)
  }
  return m
}

const DAYS = Object.freeze(['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'])
const MONTHS = Object.freeze(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'])

/** "Timestamp: Sun Nov 22 13:44:55 2026 294665 usec" or "[2026-11-22T13:45:01.229743] ", in UTC. */
function timestamp(wallClock: number, short: boolean): string {
  const t = new Date(Math.floor(wallClock / 1e6))
  const usec = Math.floor((wallClock % 1e9) / 1000)
  const iso = t.toISOString().slice(0, 19)
  if (short) return `[${iso}.${String(usec).padStart(6, '0')}] `
  const day = String(t.getUTCDate()).padStart(2)
  const date = `${DAYS[t.getUTCDay()]} ${MONTHS[t.getUTCMonth()]} ${day} ${iso.slice(11)} ${t.getUTCFullYear()}`
  return `Timestamp: ${date} ${usec} usec\n`
}

function header(ctx: Context, m: Monitor, label: string): void {
  const { opt, out, sys } = ctx
  if (opt.timestamp > 0) out.text(timestamp(sys.wallClock(), opt.timestamp > 1))
  if (m.label) out.text(`[${label}]`)
}

/** A route is of the device when its only next hop is. */
const leavesBy = (r: Route, ifindex: number): boolean => r.nexthops.length === 1 && r.nexthops[0]?.oif === ifindex

function printNotification(ctx: Context, m: Monitor, n: Notification): void {
  const other = (ifindex: number): boolean => m.ifindex !== 0 && m.ifindex !== ifindex
  switch (n.kind) {
    case 'link':
      ctx.forgetDevices()
      if (!n.deleted) ctx.remember(n.info)
      header(ctx, m, 'LINK')
      if (!other(n.info.link.ifindex)) {
        printLink(ctx, n.info, { doLink: false, queue: false, lladdr: true }, n.deleted)
      }
      return
    case 'addr':
      header(ctx, m, 'ADDR')
      if (!other(n.info.ifindex)) printAddr(ctx, n.info, true, n.deleted)
      return
    case 'route':
      header(ctx, m, 'ROUTE')
      if (m.ifindex === 0) printRoute(ctx, n.route, SHOW_ALL, n.deleted)
      else if (leavesBy(n.route, m.ifindex)) printRoute(ctx, n.route, { ...SHOW_ALL, dev: false }, n.deleted)
      return
    case 'rule':
      header(ctx, m, 'RULE')
      printRule(ctx, n.info, n.deleted)
      return
    case 'neigh':
      header(ctx, m, 'NEIGH')
      if (!other(n.entry.ifindex)) printNeigh(ctx, n.entry, m.ifindex === 0, n.deleted)
      return
    case 'nsid':
      header(ctx, m, 'NSID')
      ctx.out.text(n.deleted ? 'Deleted ' : '')
      ctx.out.text(`nsid ${n.nsid} ${n.name === null ? '' : `(iproute2 netns name: ${n.name})`}\n`)
      return
    case 'conntrack':
    case 'log':
      // other families: `conntrack -E` and `dmesg -w` hear them
      return
    default:
      unreachable(n)
  }
}

function* listen(ctx: Context, m: Monitor): Generator<Wait, number, void> {
  const fd = ctx.sys.monitor()
  for (;;) {
    for (const n of ctx.sys.takeNotifications(fd)) {
      if (m.kinds.size === 0 || m.kinds.has(n.kind)) printNotification(ctx, m, n)
      ctx.flush()
    }
    yield { readable: [fd] }
  }
}

export function monitor(ctx: Context, words: readonly string[]): number | Generator<Wait, number, void> {
  const m = parse(ctx, new Args(words))
  return listen(ctx, m)
}
