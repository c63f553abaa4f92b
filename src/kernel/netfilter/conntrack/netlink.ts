// What `conntrack` asks (net/netfilter/nf_conntrack_netlink.c). Read first: table.ts, filter.ts.
// Leaves out: making and changing connections from outside, expectations, labels.
import { type CtInfo, type CtTuple, IPS_DYING } from '../../../uapi/conntrack.ts'
import { IPPROTO_ICMP } from '../../../wire/ipv4.ts'
import type { NetNs } from '../../core/netns.ts'
import type { Transaction } from '../../core/transaction.ts'
import type { Handlers } from '../../handlers.ts'
import type { NfConn } from './conn.ts'
import { ctInfo } from './events.ts'
import { ctFits } from './filter.ts'
import { nf_ct_delete } from './gc.ts'

/** ctnetlink_dump_table: what has timed out is no longer shown, and goes. */
function live(tx: Transaction, net: NetNs): NfConn[] {
  const table = net.nf.ct
  const now = table.all()
  const old = now.filter((ct) => table.expired(ct))
  if (old.length > 0) {
    tx.after(() => {
      for (const ct of old) if ((ct.status & IPS_DYING) === 0) table.kill(ct)
    })
  }
  return now.filter((ct) => !table.expired(ct))
}

function list(tx: Transaction, net: NetNs, filter: Parameters<typeof ctFits>[1]): NfConn[] {
  return live(tx, net).filter((ct) => ctFits(ct, filter))
}

/** ctnetlink_get_conntrack: by one tuple, whichever direction it is of. */
function get(net: NetNs, t: CtTuple, zone: number): NfConn | null {
  const dport = t.protocol === IPPROTO_ICMP ? (t.icmpType << 8) | t.icmpCode : t.dport
  return net.nf.ct.find(t.src, t.dst, t.sport, dport, t.protocol, zone, zone)
}

function zeroCounters(tx: Transaction, found: readonly NfConn[]): void {
  tx.after(() => {
    for (const ct of found) ct.acct?.fill(0)
  })
}

export const ctHandlers: Handlers<'ct.list' | 'ct.get' | 'ct.delete' | 'ct.flush' | 'ct.count' | 'ct.stats'> =
  Object.freeze({
    'ct.list': (tx, net, req): readonly CtInfo[] => {
      const found = list(tx, net, req.filter)
      const infos = found.map((ct) => ctInfo(net, ct))
      if (req.filter.zero === true) zeroCounters(tx, found)
      return infos
    },
    'ct.get': (tx, net, req) => {
      const ct = get(net, req.tuple, req.zone)
      return ct === null ? tx.refuse('ENOENT') : ctInfo(net, ct)
    },
    'ct.delete': (tx, net, req) => {
      const found = list(tx, net, req.filter)
      const infos = found.map((ct) => ctInfo(net, ct))
      tx.after(() => {
        for (const ct of found) nf_ct_delete(net, ct, 'conntrack -D', req.portid)
      })
      return infos
    },
    'ct.flush': (tx, net, req) => {
      tx.after(() => {
        for (const ct of net.nf.ct.all()) nf_ct_delete(net, ct, 'conntrack -F', req.portid)
      })
      return null
    },
    'ct.count': (_tx, net) => ({ count: net.nf.ct.count, max: net.cfg.sysctl['netfilter.nf_conntrack_max'] }),
    'ct.stats': (_tx, net) => ({ ...net.nf.ct.stats }),
  } satisfies Handlers<'ct.list' | 'ct.get' | 'ct.delete' | 'ct.flush' | 'ct.count' | 'ct.stats'>)
