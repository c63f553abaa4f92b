// Listings read back: what formatRoute, formatRule, formatNeigh and formatAddr print, as the objects they were.
// Law: parse(format(x)) is x, for everything that the text holds. Read first: route_parse.ts, rule_parse.ts.
// A text that is none throws ArgumentError.
import { ArgumentError } from '../../lib/errors.ts'
import { parseIp4 } from '../../lib/ip4.ts'
import { parseMac } from '../../lib/mac.ts'
import {
  IFA_F_PERMANENT,
  type IfAddr,
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RT_SCOPE_NOWHERE,
  RT_SCOPE_UNIVERSE,
} from '../../uapi/link.ts'
import { type NeighEntry, NUD_NAMES } from '../../uapi/neigh.ts'
import { type NextHop, type Route, type RouteType, RT_TABLE_MAIN, RTPROT_BOOT, type Rule } from '../../uapi/route.ts'
import { ToolExit } from '../lib/exit.ts'
import { ADDR_FLAGS } from './address_print.ts'
import { Args } from './args.ts'
import { Names } from './names.ts'
import { NTF_WORDS } from './neigh_print.ts'
import { parsePrefix } from './prefix.ts'
import { metricsOf } from './route_metrics.ts'
import { type NextHopDraft, parseRouteDraft } from './route_parse.ts'
import { parseRuleDraft } from './rule_parse.ts'

/** Run a parser of ip; its messages become the error's. */
function read<T>(text: string, parse: () => T): T {
  try {
    return parse()
  } catch (thrown) {
    if (!(thrown instanceof ToolExit)) throw thrown
    const message = thrown.text.split('\n')[0]!
    throw new ArgumentError(`not a line of ip: ${JSON.stringify(text)}: ${message}`)
  }
}

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((w) => w !== '')

/** The scope that the kernel gives a next hop, which no listing shows. */
function nextHopScope(type: RouteType, gateway: number, oif: number): number {
  if (oif === 0) return RT_SCOPE_UNIVERSE
  if (gateway !== 0) return RT_SCOPE_LINK
  return type === 'local' ? RT_SCOPE_NOWHERE : RT_SCOPE_HOST
}

/** A route from its lines in ip route show, `index` telling the ifindex of a device's name. */
export function parseRoute(text: string, index: (device: string) => number): Route {
  const devices = { index, name: (i: number): string => `if${i}` }
  const words = { names: new Names(null), devices, listed: true }
  const d = read(text, () => parseRouteDraft(new Args(wordsOf(text)), 'inet', words))
  const type = d.type ?? 'unicast'
  const hop = (h: NextHopDraft): NextHop => ({
    gateway: h.gateway ?? 0,
    oif: h.oif ?? 0,
    weight: h.weight ?? 1,
    flags: h.flags,
    scope: nextHopScope(type, h.gateway ?? 0, h.oif ?? 0),
  })
  const only: NextHopDraft = {
    flags: d.flags,
    ...(d.gateway === undefined ? {} : { gateway: d.gateway }),
    ...(d.dev === undefined ? {} : { oif: index(d.dev) }),
  }
  return {
    dst: d.dst!.addr,
    len: d.dst!.len,
    table: d.table ?? RT_TABLE_MAIN,
    tos: d.tos ?? 0,
    metric: d.metric ?? 0,
    type,
    scope: d.scope ?? RT_SCOPE_UNIVERSE,
    protocol: d.protocol ?? RTPROT_BOOT,
    prefsrc: d.prefsrc ?? 0,
    nexthops: (d.nexthops ?? [only]).map(hop),
    metrics: metricsOf(d.metrics),
  }
}

/** A rule from its line in ip rule show. */
export function parseRule(text: string): Rule {
  const m = /^\s*(\d+):\s*(.*)$/s.exec(text)
  if (m === null) throw new ArgumentError(`not a line of ip rule: ${JSON.stringify(text)}`)
  const shown = wordsOf(m[2]!).filter((w) => w !== '[detached]' && w !== '[unresolved]')
  // a protocol without a name is listed in a way that ip rule add does not take
  const words = shown.map((w) => /^ipproto-(\d+)$/.exec(w)?.[1] ?? w)
  const d = read(text, () => parseRuleDraft(new Args(words), 'inet', new Names(null), false))
  const mark = d.mark ?? 0
  return {
    pref: Number(m[1]),
    action: d.action ?? 'lookup',
    table: d.table ?? 0,
    goto: d.goto ?? 0,
    invert: d.invert ?? false,
    src: d.src ?? 0,
    srcLen: d.srcLen ?? 0,
    dst: d.dst ?? 0,
    dstLen: d.dstLen ?? 0,
    tos: d.tos ?? 0,
    iif: d.iif ?? null,
    oif: d.oif ?? null,
    mark,
    markMask: d.markMask ?? (d.mark === undefined ? 0 : 0xffffffff),
    ipproto: d.ipproto ?? 0,
    sport: d.sport ?? null,
    dport: d.dport ?? null,
    uidrange: d.uidrange ?? null,
    suppressPrefixlength: d.suppressPrefixlength ?? -1,
    suppressIfgroup: d.suppressIfgroup ?? -1,
    protocol: d.protocol ?? 0,
  }
}

const wrong = (what: string, text: string): never => {
  throw new ArgumentError(`not a line of ${what}: ${JSON.stringify(text)}`)
}

/** A neighbour from its line in ip neigh show (without -statistics: those are 0). */
export function parseNeigh(text: string, index: (device: string) => number): NeighEntry {
  const args = new Args(wordsOf(text))
  const bad = (): never => wrong('ip neigh', text)
  const dst = parseIp4(args.take()) ?? bad()
  let ifindex = 0
  let lladdr: number | null = null
  let state = 0
  let flags = 0
  let protocol = 0
  while (args.more) {
    const word = args.take()
    const flag = NTF_WORDS.find(([, w]) => w === word)
    const nud = NUD_NAMES.find(([, w]) => w === word)
    if (word === 'dev') ifindex = index(args.take())
    else if (word === 'lladdr') lladdr = parseMac(args.take()) ?? bad()
    else if (word === 'proto') protocol = new Names(null).protoId(args.take()) ?? bad()
    else if (flag !== undefined) flags |= flag[0]
    else if (nud !== undefined) state |= nud[0]
    else bad()
  }
  return { dst, ifindex, lladdr, state, flags, protocol, used: 0, confirmed: 0, updated: 0, refcnt: 0, probes: 0 }
}

/** "10.0.0.1/24" or "10.0.0.1 peer 10.0.0.2/24". */
function parseAddrPrefix(args: Args, bad: () => never): Pick<IfAddr, 'local' | 'address' | 'prefixlen'> {
  const first = args.take()
  if (args.peek !== 'peer') {
    const p = parsePrefix(first, 'inet')
    return { local: p.addr, address: p.addr, prefixlen: p.len }
  }
  args.take()
  const peer = parsePrefix(args.take(), 'inet')
  return { local: parseIp4(first) ?? bad(), address: peer.addr, prefixlen: peer.len }
}

/** An address from its "inet …" line in ip address show; lifetimes stand in the next line and are taken as for ever. */
export function parseIfAddr(text: string): IfAddr {
  const args = new Args(wordsOf(text))
  const bad = (): never => wrong('ip address', text)
  if (args.take() !== 'inet') bad()
  const prefix = read(text, () => parseAddrPrefix(args, bad))
  const names = new Names(null)
  let flags = IFA_F_PERMANENT
  let broadcast = 0
  let scope = 0
  let metric = 0
  let label = ''
  while (args.more) {
    const word = args.take()
    const flag = ADDR_FLAGS.find((f) => f.name === word)
    if (word === 'metric') metric = Number(args.take())
    else if (word === 'brd') broadcast = parseIp4(args.take()) ?? bad()
    else if (word === 'scope') scope = names.scopeId(args.take()) ?? bad()
    else if (word === 'dynamic') flags &= ~IFA_F_PERMANENT
    // the label is the last word, whatever it is
    else if (flag !== undefined && args.more) flags |= flag.mask
    else if (!args.more) label = word
    else bad()
  }
  return { ...prefix, broadcast, scope, flags, label, validLft: null, preferredLft: null, tstamp: 0, metric, proto: 0 }
}
