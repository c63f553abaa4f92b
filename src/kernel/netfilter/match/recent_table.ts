// The lists of -m recent: who is in them, the newest last; /proc/net/xt_recent (net/netfilter/xt_recent.c).
// Read first: recent.ts. Entries are listed oldest first, where Linux lists them by a random hash. Leaves out the module's parameters.
import { type Ip4, parseIp4 } from '../../../lib/ip4.ts'
import type { RecentInfo } from '../../../uapi/request.ts'
import type { NetNs } from '../../core/netns.ts'
import type { Handlers } from '../../handlers.ts'
import { jiffies } from '../jiffies.ts'
import { LOG_INFO, printk } from '../klog.ts'

/** XT_RECENT_MAX_NSTAMPS */
export const RECENT_MAX_NSTAMPS = 256
/** The module parameter ip_list_tot. */
const LIST_TOT = 100
/** A line beyond this is cut: sizeof("+b335:1d35:1e55:dead:c0de:1715:5afe:c0de"). */
const LINE_MAX = 42

/** struct recent_entry: times in jiffies, in a ring. */
export class RecentEntry {
  readonly addr: Ip4
  ttl: number
  index = 1
  nstamps = 1
  readonly stamps: number[]

  constructor(addr: Ip4, ttl: number, now: number) {
    this.addr = addr
    this.ttl = ttl
    this.stamps = [now]
  }
}

export class RecentTable {
  /** Rules. */
  users = 0
  /** Stamps kept of an address, less one. */
  mask: number
  /** Least recently updated first. */
  private readonly entries = new Map<Ip4, RecentEntry>()

  constructor(mask: number) {
    this.mask = mask
  }

  /** recent_entry_lookup; a TTL of 0 is any. */
  find(addr: Ip4, ttl: number): RecentEntry | null {
    const e = this.entries.get(addr)
    return e !== undefined && (ttl === 0 || e.ttl === ttl || e.ttl === 0) ? e : null
  }

  /** recent_entry_init: a full list loses its oldest. */
  add(addr: Ip4, ttl: number, now: number): void {
    if (this.entries.size >= LIST_TOT) this.remove(this.oldest()!)
    this.entries.set(addr, new RecentEntry(addr, ttl, now))
  }

  /** recent_entry_update */
  update(e: RecentEntry, now: number): void {
    e.index &= this.mask
    e.stamps[e.index++] = now
    if (e.index > e.nstamps) e.nstamps = e.index
    this.entries.delete(e.addr)
    this.entries.set(e.addr, e)
  }

  remove(e: RecentEntry): void {
    this.entries.delete(e.addr)
  }

  /** recent_entry_reap: the oldest goes when it was last seen before `since`, unless it is the one in hand. */
  reap(since: number, working: RecentEntry | null): void {
    const e = this.oldest()
    if (e !== null && e !== working && since > e.stamps[e.index - 1]!) this.remove(e)
  }

  flush(): void {
    this.entries.clear()
  }

  list(): RecentEntry[] {
    return [...this.entries.values()]
  }

  private oldest(): RecentEntry | null {
    return this.entries.values().next().value ?? null
  }
}

export function recentTable(net: NetNs, name: string): RecentTable | null {
  return (net.nf.named.get(`recent ${name}`) as RecentTable | undefined) ?? null
}

/** The module is there from its first rule on, in all namespaces: so is its directory. */
const MODULE = 'module xt_recent'

/** A rule that needs longer memories than the list has empties it. */
export function takeRecent(net: NetNs, name: string, mask: number): void {
  const { named } = net.kernel.initNet.nf
  if (!named.has(MODULE)) named.set(MODULE, Object.freeze({}))
  let t = recentTable(net, name)
  if (t === null) {
    t = new RecentTable(mask)
    net.nf.named.set(`recent ${name}`, t)
  } else if (mask > t.mask) {
    t.flush()
    t.mask = mask
  }
  t.users++
}

function info(e: RecentEntry, mask: number): RecentInfo {
  const last = e.stamps[(e.index - 1) & mask]!
  return { addr: e.addr, ttl: e.ttl, lastSeen: last, index: e.index, stamps: e.stamps.slice(0, e.nstamps) }
}

/** recent_mt_proc_write: "+ADDR", "-ADDR", "/"; false is EINVAL. */
function write(net: NetNs, t: RecentTable, text: string): boolean {
  const line = text.slice(0, LINE_MAX)
  if (line[0] === '/') {
    t.flush()
    return true
  }
  if (line[0] !== '+' && line[0] !== '-') {
    printk(net.kernel, LOG_INFO, 'xt_recent: Need "+ip", "-ip" or "/"')
    return false
  }
  const addr = parseIp4(line.slice(1).split('\n')[0]!)
  if (addr === null) return false
  const e = t.find(addr, 0)
  if (line[0] === '-') {
    if (e !== null) t.remove(e)
  } else if (e === null) t.add(addr, 0, jiffies(net))
  else t.update(e, jiffies(net))
  return true
}

type Ops = 'recent.names' | 'recent.get' | 'recent.write'

export const recentHandlers: Handlers<Ops> = Object.freeze({
  'recent.names': (tx, net) => {
    if (!tx.kernel.initNet.nf.named.has(MODULE)) tx.refuse('ENOENT')
    return [...net.nf.named.keys()].filter((k) => k.startsWith('recent ')).map((k) => k.slice('recent '.length))
  },
  'recent.get': (tx, net, { name }) => {
    const t = recentTable(net, name) ?? tx.refuse('ENOENT')
    return t.list().map((e) => info(e, t.mask))
  },
  'recent.write': (tx, net, { name, text }) => {
    const t = recentTable(net, name) ?? tx.refuse('ENOENT')
    if (!write(net, t, text)) tx.refuse('EINVAL')
    return null
  },
} satisfies Handlers<Ops>)
