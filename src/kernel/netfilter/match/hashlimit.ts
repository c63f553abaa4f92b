// -m hashlimit: a token bucket, or a measured rate, for each address, port or network (net/netfilter/xt_hashlimit.c, revision 3).
// Read first: hashlimit_table.ts (buckets, shared by name); uapi/xt.ts, MatchHashlimit.
import type { MatchHashlimit } from '../../../uapi/xt.ts'
import { jiffies } from '../jiffies.ts'
import { LOG_ERR, LOG_INFO, printk } from '../klog.ts'
import { xt_check_proc_name } from '../proc_name.ts'
import type { MatchFn, MatchOps, XtCheck, XtPar } from '../xt.ts'
import {
  byteCost,
  HashlimitBucket,
  HashlimitKey,
  type HashlimitTable,
  hashlimitTable,
  recalc,
  takeHashlimit,
  user2credits,
  user2creditsByte,
} from './hashlimit_table.ts'

const U32_MAX = 0xffffffff
const MAX_SIZE = 1048576
/** sizeof(xt_hashlimit_mtinfo3.name) */
const NAME_LEN = 255

function refuse(check: XtCheck, errno: 'EINVAL' | 'ERANGE', text: string): never {
  printk(check.net.kernel, LOG_INFO, `xt_hashlimit: ${text}`)
  check.tx.refuse(errno)
}

/** hashlimit_mt_check_common */
function check(check: XtCheck, m: MatchHashlimit): void {
  const wrong = xt_check_proc_name(m.hashName, NAME_LEN)
  if (wrong !== null) check.tx.refuse(wrong)
  if (m.htableGcInterval === 0 || m.htableExpire === 0) check.tx.refuse('EINVAL')
  const log = (what: string): void =>
    printk(check.net.kernel, LOG_INFO, `xt_hashlimit: ${what} too large, truncated to ${MAX_SIZE}`)
  if (m.htableSize > MAX_SIZE) log('size')
  if (m.htableMax > MAX_SIZE) log('max')
  if (m.srcmask > 32 || m.dstmask > 32) check.tx.refuse('EINVAL')
  if (m.rateMatch) {
    if (m.avg === 0 || m.avg > U32_MAX) refuse(check, 'ERANGE', 'invalid rate')
    if (m.interval === 0) refuse(check, 'EINVAL', 'invalid interval')
  } else if (m.bytes) {
    if (user2creditsByte(m.avg) === 0) refuse(check, 'EINVAL', `overflow, rate too high: ${m.avg}`)
  } else if (m.burst === 0 || overflows(m)) refuse(check, 'ERANGE', `overflow, try lower: ${m.avg}/${m.burst}`)
}

function overflows({ avg, burst }: MatchHashlimit): boolean {
  return user2credits(BigInt(avg) * BigInt(burst)) < user2credits(BigInt(avg))
}

/** Filled anew for every packet. */
const key = new HashlimitKey()

function compile(m: MatchHashlimit): MatchFn {
  const { above, hashName } = m
  return (par) => {
    const table = hashlimitTable(par.net, hashName)
    const now = jiffies(par.net)
    if (table === null || !key.read(table.cfg, par)) return hotdrop(par)
    const b = bucket(par, table, now)
    if (b === null) return hotdrop(par)
    return within(m, b, par.skb.len) !== above
  }
}

function hotdrop(par: XtPar): false {
  par.hotdrop = true
  return false
}

/** The packet's bucket, made when there is none; null when the table is full. */
function bucket(par: XtPar, table: HashlimitTable, now: number): HashlimitBucket | null {
  const known = table.find(key, now)
  if (known !== null) {
    known.expires = now + table.expire
    recalc(known, now, table.cfg)
    return known
  }
  if (table.full(now)) {
    printk(par.net.kernel, LOG_ERR, `xt_hashlimit: max count of ${table.max} reached`)
    return null
  }
  const made = new HashlimitBucket(key, table.cfg, now)
  made.expires = now + table.expire
  table.add(made)
  return made
}

/** Below the limit? What the packet costs is taken. */
function within(m: MatchHashlimit, b: HashlimitBucket, len: number): boolean {
  if (m.rateMatch) {
    b.currentRate += m.bytes ? len : 1
    return !b.prevWindow && b.currentRate <= b.burst
  }
  const cost = m.bytes ? byteCost(len, b) : b.cost
  if (b.credit < cost) return false
  b.credit -= cost
  return true
}

export const hashlimitMatch: MatchOps<MatchHashlimit> = {
  name: 'hashlimit',
  check,
  acquire: takeHashlimit,
  release: (net, m) => {
    const t = hashlimitTable(net, m.hashName)
    if (t !== null && --t.users === 0) net.nf.named.delete(`hashlimit ${m.hashName}`)
  },
  compile,
}
