// -m connlimit: how many connections a network has (net/netfilter/xt_connlimit.c, nf_conncount.c).
// Read first: conntrack/table.ts. A rule keeps the tuples that it met; those whose connection is gone or closed are dropped when
// another of the same network comes, at most nine at a time. A tuple that nobody confirmed (its packet was dropped) is gone.
// As in 6.1's last releases, only new connections are taken up (and whichever comes first); when none of those counted is left, a packet
// of any other that was confirmed before is counted as 0, which the kernel takes for a failure: it is dropped.
import type { Ip4 } from '../../../lib/ip4.ts'
import { IPS_CONFIRMED } from '../../../uapi/conntrack.ts'
import type { MatchConnlimit } from '../../../uapi/xt.ts'
import type { NetNs } from '../../core/netns.ts'
import type { NfConn } from '../conntrack/conn.ts'
import { CLOSE, TIME_WAIT } from '../conntrack/tcp_table.ts'
import { Tuple } from '../conntrack/tuple.ts'
import { jiffies } from '../jiffies.ts'
import type { MatchFn, MatchOps, XtPar } from '../xt.ts'

/** CONNCOUNT_GC_MAX_NODES */
const GC_MAX = 8
const LOOPBACK_IFINDEX = 1

interface Counted {
  readonly src: Ip4
  readonly dst: Ip4
  readonly sport: number
  readonly dport: number
  readonly protocol: number
  readonly zone: number
}

class ConnList {
  conns: Counted[]
  /** In jiffies: within one tick nothing is looked at twice. */
  lastGc: number

  constructor(first: Counted, now: number) {
    this.conns = [first]
    this.lastGc = now
  }
}

class ConnlimitState {
  /** By network and zone: address + zone × 2^32. */
  readonly lists = new Map<number, ConnList>()
}

function already_closed(ct: NfConn): boolean {
  return ct.tcp !== null && (ct.tcp.state === TIME_WAIT || ct.tcp.state === CLOSE)
}

function same(a: Counted, b: Counted): boolean {
  return (
    a.src === b.src &&
    a.dst === b.dst &&
    a.sport === b.sport &&
    a.dport === b.dport &&
    a.protocol === b.protocol &&
    a.zone === b.zone
  )
}

/** __nf_conncount_add: a connection that is confirmed already is not taken up again, nor one that is met in the list. */
function add(par: XtPar, ct: NfConn | null, list: ConnList, conn: Counted): void {
  const { net } = par
  const now = jiffies(net)
  const confirmed = ct !== null && (ct.status & IPS_CONFIRMED) !== 0
  if (confirmed && par.skb.iif !== LOOPBACK_IFINDEX) {
    if (list.lastGc !== now) collect(net, list, null)
    list.lastGc = now
    return
  }
  if (confirmed || list.lastGc !== now) {
    if (collect(net, list, conn)) return
    list.lastGc = now
  }
  list.conns.push(conn)
}

/** Drops what is gone; true when `conn` was met among the living (what stands behind it is not looked at). */
function collect(net: NetNs, list: ConnList, conn: Counted | null): boolean {
  const kept: Counted[] = []
  let collected = 0
  const { conns } = list
  for (let i = 0; i < conns.length; i++) {
    const c = conns[i]!
    if (collected > GC_MAX) {
      kept.push(c)
      continue
    }
    const ct = net.nf.ct.find(c.src, c.dst, c.sport, c.dport, c.protocol, c.zone, c.zone)
    if (ct !== null && conn !== null && same(c, conn)) {
      list.conns = [...kept, ...conns.slice(i)]
      return true
    }
    if (ct === null || already_closed(ct)) collected++
    else kept.push(c)
  }
  list.conns = kept
  return false
}

const tuple = new Tuple()

function first(ct: NfConn): Counted {
  return { src: ct.oSrc, dst: ct.oDst, sport: ct.oSport, dport: ct.oDport, protocol: ct.protocol, zone: ct.oZone }
}

/** Of a packet without a connection: its own, null when it has none. */
function ownTuple(par: XtPar): Counted | null {
  const { ip, l4, data } = par.skb
  if (par.fragOffset !== 0 || !tuple.read(ip, l4, data)) return null
  const { src, dst, sport, dport, protocol } = tuple
  return { src, dst, sport, dport, protocol, zone: 0 }
}

function compile(m: MatchConnlimit, slot: number): MatchFn {
  return (par) => {
    const ct = par.skb.conn
    const conn = ct === null ? ownTuple(par) : first(ct)
    const count = conn === null ? 0 : counted(m, par, ct, conn, (par.states[slot] as ConnlimitState).lists)
    if (count === 0) {
      par.hotdrop = true
      return false
    }
    return count > m.limit !== m.invert
  }
}

/** nf_conncount_count: the connections of the packet's network, with its own; 0 is possible and drops the packet (see above). */
function counted(
  { mask, daddr }: MatchConnlimit,
  par: XtPar,
  ct: NfConn | null,
  conn: Counted,
  lists: Map<number, ConnList>,
): number {
  const { ip } = par.skb
  const key = conn.zone * 2 ** 32 + (((daddr ? ip.dst : ip.src) & mask) >>> 0)
  const list = lists.get(key)
  if (list !== undefined) {
    add(par, ct, list, conn)
    return list.conns.length
  }
  lists.set(key, new ConnList(conn, jiffies(par.net)))
  return 1
}

export const connlimitMatch: MatchOps<MatchConnlimit> = {
  name: 'connlimit',
  conntrack: true,
  state: () => new ConnlimitState(),
  compile,
}
