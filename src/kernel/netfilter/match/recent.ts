// -m recent: addresses seen lately, and when (net/netfilter/xt_recent.c).
// Read first: recent_table.ts (the lists, which rules share by name and /proc/net/xt_recent shows).
import type { MatchRecent } from '../../../uapi/xt.ts'
import { HZ, jiffies } from '../jiffies.ts'
import { LOG_INFO, printk } from '../klog.ts'
import { xt_check_proc_name } from '../proc_name.ts'
import type { MatchFn, MatchOps, XtCheck, XtPar } from '../xt.ts'
import { RECENT_MAX_NSTAMPS, type RecentEntry, type RecentTable, recentTable, takeRecent } from './recent_table.ts'

/** XT_RECENT_NAME_LEN */
const NAME_LEN = 200
const DEFAULT_NSTAMPS = 32

function check(check: XtCheck, m: MatchRecent): void {
  const { tx } = check
  const changes = m.check === 'set' || m.check === 'remove'
  if (changes && (m.seconds !== null || m.hitcount !== null || m.rttl || m.reap)) tx.refuse('EINVAL')
  if (m.reap && m.seconds === null) tx.refuse('EINVAL')
  if (m.hitcount !== null && m.hitcount >= RECENT_MAX_NSTAMPS) {
    const most = RECENT_MAX_NSTAMPS - 1
    printk(check.net.kernel, LOG_INFO, `xt_recent: hitcount (${m.hitcount}) is larger than allowed maximum (${most})`)
    tx.refuse('EINVAL')
  }
  const wrong = xt_check_proc_name(m.listName, NAME_LEN)
  if (wrong !== null) tx.refuse(wrong)
}

/** roundup_pow_of_two(hitcount) - 1: how many times of a packet a list has to keep for this rule. */
function stampsMask({ hitcount }: MatchRecent): number {
  let size = 1
  while (size < (hitcount ?? DEFAULT_NSTAMPS)) size *= 2
  return size - 1
}

/** Was the address seen often enough and lately enough? */
function seen(m: MatchRecent, e: RecentEntry, since: number): boolean {
  let hits = 0
  for (let i = 0; i < e.nstamps; i++) {
    if (m.seconds !== null && since > e.stamps[i]!) continue
    if (m.hitcount === null || ++hits >= m.hitcount) return true
  }
  return false
}

/** The TTL as it came in: one more on a forwarded packet that is about to leave. */
function ttlOf(par: XtPar): number {
  const { ttl } = par.skb.ip
  return par.outdev !== null && par.skb.sk === 0 ? (ttl + 1) & 0xff : ttl
}

function compile(m: MatchRecent): MatchFn {
  const { listName, mask, invert } = m
  const dest = m.side === 'dest'
  const setting = m.check === 'set'
  return (par) => {
    const { ip } = par.skb
    const table = recentTable(par.net, listName)
    if (table === null) return invert
    const addr = (dest ? ip.dst : ip.src) & mask
    const ttl = ttlOf(par)
    const now = jiffies(par.net)
    const e = table.find(addr, m.rttl ? ttl : 0)
    if (e === null) {
      if (setting) table.add(addr, ttl, now)
      return setting !== invert
    }
    if (setting) {
      table.update(e, now)
      e.ttl = ttl
      return !invert
    }
    if (m.check === 'remove') {
      table.remove(e)
      return !invert
    }
    return look(m, table, e, ttl, now)
  }
}

/** --rcheck and --update of an address that is in the list. */
function look(m: MatchRecent, table: RecentTable, e: RecentEntry, ttl: number, now: number): boolean {
  const since = now - (m.seconds ?? 0) * HZ
  const result = seen(m, e, since) !== m.invert
  const update = m.check === 'update' && result
  if (m.reap) table.reap(since, update ? e : null)
  if (update) {
    table.update(e, now)
    e.ttl = ttl
  }
  return result
}

export const recentMatch: MatchOps<MatchRecent> = {
  name: 'recent',
  check,
  acquire: (net, m) => takeRecent(net, m.listName, stampsMask(m)),
  release: (net, m) => {
    const t = recentTable(net, m.listName)
    if (t !== null && --t.users === 0) net.nf.named.delete(`recent ${m.listName}`)
  },
  compile,
}
