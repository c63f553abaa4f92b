// What listeners hear of connections: `conntrack -E` and the trace (net/netfilter/nf_conntrack_ecache.c).
// Read first: uapi/conntrack.ts. Changes that one packet makes are told together, when it is confirmed.
import {
  type CtInfo,
  IPS_CONFIRMED,
  IPS_DYING,
  TCP_CONNTRACK_STATES,
  type TcpConntrackState,
} from '../../../uapi/conntrack.ts'
import type { ConntrackEvent, TracedConn } from '../../../uapi/trace.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import type { Kernel } from '../../kernel.ts'
import { ctConf } from './conf.ts'
import type { NfConn } from './conn.ts'

/** enum ip_conntrack_events, those that happen here. */
export const IPCT_NEW = 1
export const IPCT_REPLY = 2
export const IPCT_ASSURED = 4
export const IPCT_PROTOINFO = 8
export const IPCT_MARK = 16
export const IPCT_DESTROY = 32
/** Those that never happen here: related, helper, natseqinfo, secmark. */
const IPCT_OTHER = 64
/** Nobody said which: all of them. */
export const IPCT_UNSAID = 0
const IPCT_ALL = -1

const CT_EVENTS: Readonly<Record<string, number>> = Object.freeze({
  new: IPCT_NEW,
  destroy: IPCT_DESTROY,
  reply: IPCT_REPLY,
  assured: IPCT_ASSURED,
  protoinfo: IPCT_PROTOINFO,
  mark: IPCT_MARK,
})

/** The names of -j CT --ctevents. */
export function ipctMask(names: readonly string[]): number {
  return names.reduce((mask, name) => mask | (CT_EVENTS[name] ?? IPCT_OTHER), 0)
}

/**
 * nf_ct_ecache_ext_add: which changes will be told of what is made now, a connection or the template of a rule; 0 for none. With
 * nf_conntrack_events 2 only if somebody listens; with 0 only those that a rule names.
 */
export function nf_ct_ecache_ext_add(net: NetNs, named: number): number {
  const { events } = ctConf(net)
  if (events === 0) return named
  if (events === 2 && !hasListener(net.kernel)) return 0
  return named === IPCT_UNSAID ? IPCT_ALL : named
}

/** nf_ctnetlink_has_listener: one for the whole machine. */
function hasListener(kernel: Kernel): boolean {
  for (const n of kernel.monitors.values()) if (n > 0) return true
  return false
}

/** nf_conntrack_event_cache */
export function nf_conntrack_event_cache(_net: NetNs, ct: NfConn, event: number): void {
  if (ct.events >= 0) ct.events |= event
}

/** nf_ct_deliver_cached_events: all that happened, if the mask has any of it. */
export function nf_ct_deliver_cached_events(net: NetNs, ct: NfConn): void {
  const { events } = ct
  ct.events = 0
  if ((events & ct.eventMask) === 0 || (ct.status & IPS_DYING) !== 0 || !net.kernel.hasMonitors(net)) return
  const kind = (events & IPCT_NEW) !== 0 ? 'new' : 'update'
  const info = ctInfo(net, ct)
  const told = (events & IPCT_PROTOINFO) !== 0 ? info : { ...info, tcpState: null }
  net.kernel.notifyMonitors(net, { kind: 'conntrack', event: { kind, info: { ...told, counters: null } } })
}

/** A connection went: listeners and the trace. `portid`: who asked for it. */
export function notifyDestroyed(net: NetNs, ct: NfConn, reason: string, portid: number | undefined): void {
  if (ct.events >= 0 && (ct.eventMask & IPCT_DESTROY) !== 0 && net.kernel.hasMonitors(net)) {
    const info = ctInfo(net, ct)
    const event =
      portid === undefined ? ({ kind: 'destroy', info } as const) : ({ kind: 'destroy', info, portid } as const)
    net.kernel.notifyMonitors(net, { kind: 'conntrack', event })
  }
  if (net.kernel.tr !== null) traceConn(net, null, 'destroyed', ct, -1, reason, 'nf_ct_delete')
}

export function tcpStateName(ct: NfConn): TcpConntrackState | null {
  return ct.tcp === null ? null : TCP_CONNTRACK_STATES[ct.tcp.state]!
}

/** nf_ct_expires: counted in ticks of the kernel's clock, so that a fresh timeout shows as it is. */
const TICK = 4e6

export function secondsLeft(net: NetNs, ct: NfConn): number {
  const from = (ct.status & IPS_CONFIRMED) !== 0 ? Math.floor(net.kernel.sim.now / TICK) : 0
  return Math.max(0, Math.floor(((Math.floor(ct.timeout / TICK) - from) * TICK) / 1e9))
}

/** A connection as dumps show it. */
export function ctInfo(net: NetNs, ct: NfConn): CtInfo {
  const a = ct.acct
  return {
    id: ct.id,
    orig: ct.tuple(0),
    reply: ct.tuple(1),
    status: ct.status,
    timeout: secondsLeft(net, ct),
    tcpState: tcpStateName(ct),
    mark: ct.mark,
    zoneOrig: ct.oZone,
    zoneReply: ct.rZone,
    counters: a === null ? null : { origPackets: a[0]!, origBytes: a[1]!, replyPackets: a[2]!, replyBytes: a[3]! },
  }
}

/** Call only while someone listens to the trace. */
export function traceConn(
  net: NetNs,
  skb: SkBuff | null,
  action: ConntrackEvent['action'],
  ct: NfConn | null,
  ctinfo: number,
  reason: string,
  fn: string,
  before: string | null = null,
): void {
  const conn: TracedConn | null =
    ct === null
      ? null
      : {
          id: ct.id,
          orig: ct.tuple(0),
          reply: ct.tuple(1),
          status: ct.status,
          tcpState: tcpStateName(ct),
          mark: ct.mark,
          zone: ct.oZone !== 0 ? ct.oZone : ct.rZone,
        }
  net.kernel.tr?.emit({
    kind: 'conntrack',
    time: net.kernel.sim.now,
    packet: skb === null ? 0 : skb.id,
    netns: net.id,
    ifindex: skb === null || skb.dev === null ? 0 : skb.dev.ifindex,
    fn,
    action,
    conn,
    ctinfo,
    before,
    reason,
  })
}
