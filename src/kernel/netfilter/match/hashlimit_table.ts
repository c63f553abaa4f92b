// The buckets of -m hashlimit: found by addresses and ports, refilled tick by tick, forgotten when idle (net/netfilter/xt_hashlimit.c).
// Read first: hashlimit.ts; jiffies.ts. Credits are 64-bit numbers. The collector runs on no timer: what it would have taken is found out
// when somebody looks. Buckets are listed as they came, where Linux lists them by a random hash.
import { maskOf } from '../../../lib/ip4.ts'
import type { HashlimitInfo } from '../../../uapi/request.ts'
import type { MatchHashlimit } from '../../../uapi/xt.ts'
import { u16 } from '../../../wire/bytes.ts'
import { IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP } from '../../../wire/ipv4.ts'
import type { NetNs } from '../../core/netns.ts'
import type { Handlers } from '../../handlers.ts'
import { HZ, jiffies, msecsToJiffies } from '../jiffies.ts'
import type { XtPar } from '../xt.ts'

/** XT_HASHLIMIT_SCALE_v2, CREDITS_PER_JIFFY and the same of bytes, for HZ 250. */
const SCALE = 1_000_000n
const CREDITS_PER_JIFFY = 1n << 39n
const CREDITS_PER_JIFFY_BYTES = 1 << 24
/** A second's worth of credit for bytes. */
const BYTE_CAP = BigInt(CREDITS_PER_JIFFY_BYTES * HZ)
const CREDITS_PER_USER = (BigInt(HZ) * CREDITS_PER_JIFFY) / SCALE
const U32_MAX = 0xffffffff
/** Of a machine with more than 1 GiB. */
const DEFAULT_SIZE = 8192
const MAX_SIZE = 1048576
const IPPROTO_ESP = 50
const IPPROTO_AH = 51
const IPPROTO_DCCP = 33
const IPPROTO_UDPLITE = 136

export function user2credits(user: bigint): bigint {
  return BigInt.asUintN(64, BigInt.asUintN(64, user) * CREDITS_PER_USER)
}

export function user2creditsByte(user: number): number {
  return Number((BigInt(user) * BYTE_CAP) >> 32n)
}

/** proto_ports_offset, -1 for protocols without ports. */
function portsOffset(protocol: number): number {
  switch (protocol) {
    case IPPROTO_TCP:
    case IPPROTO_UDP:
    case IPPROTO_DCCP:
    case IPPROTO_ESP:
    case IPPROTO_SCTP:
    case IPPROTO_UDPLITE:
      return 0
    case IPPROTO_AH:
      return 4
    default:
      return -1
  }
}

/** struct dsthash_dst */
export class HashlimitKey {
  src = 0
  dst = 0
  sport = 0
  dport = 0

  /** hashlimit_init_dst: false when the packet's ports are cut off. */
  read({ mode, srcmask, dstmask }: MatchHashlimit, par: XtPar): boolean {
    const { skb } = par
    const { ip, l4 } = skb
    this.src = mode.srcip ? ip.src & maskOf(srcmask) : 0
    this.dst = mode.dstip ? ip.dst & maskOf(dstmask) : 0
    this.sport = 0
    this.dport = 0
    if (!mode.srcport && !mode.dstport) return true
    const offset = portsOffset(ip.protocol)
    if (offset < 0) return true
    if (l4 !== null && l4.kind !== 'icmp') {
      if (mode.srcport) this.sport = l4.sport
      if (mode.dstport) this.dport = l4.dport
      return true
    }
    if (skb.data.length < offset + 4) return false
    if (mode.srcport) this.sport = u16(skb.data, offset)
    if (mode.dstport) this.dport = u16(skb.data, offset + 2)
    return true
  }

  hash(): number {
    const a = Math.imul(this.src ^ (this.sport << 16), 0x9e3779b1) ^ this.dport
    return Math.imul(a ^ (a >>> 15) ^ this.dst, 0x85ebca6b)
  }
}

/** struct dsthash_ent; times in jiffies. */
export class HashlimitBucket {
  readonly src: number
  readonly dst: number
  readonly sport: number
  readonly dport: number
  readonly hash: number
  /** The next one with the same hash. */
  next: HashlimitBucket | null = null
  expires = 0
  /** When it was last brought up to date. */
  prev: number
  credit = 0n
  creditCap = 0n
  cost = 0n
  /** --hashlimit-rate-match: what passed in this interval, whether the last was above the rate, and both limits. */
  currentRate = 0
  prevWindow = false
  rate = 0
  burst = 0

  /** rateinfo_init */
  constructor(key: HashlimitKey, cfg: MatchHashlimit, now: number) {
    this.src = key.src
    this.dst = key.dst
    this.sport = key.sport
    this.dport = key.dport
    this.hash = key.hash()
    this.prev = now
    if (cfg.rateMatch) {
      this.rate = cfg.bytes ? bytesRate(cfg.avg) : Math.floor(Number(SCALE) / cfg.avg)
      this.burst = cfg.bytes ? this.rate * Math.max(1, cfg.burst) : this.rate + cfg.burst
    } else if (cfg.bytes) {
      this.credit = BYTE_CAP
      this.cost = BigInt(user2creditsByte(cfg.avg))
      this.creditCap = BigInt(cfg.burst)
    } else {
      this.credit = user2credits(BigInt(cfg.avg) * BigInt(cfg.burst))
      this.cost = user2credits(BigInt(cfg.avg))
      this.creditCap = this.credit
    }
  }
}

/** user2rate_bytes */
function bytesRate(avg: number): number {
  return (Math.floor(U32_MAX / avg) - 1) * 16
}

/** rateinfo_recalc */
export function recalc(b: HashlimitBucket, now: number, cfg: MatchHashlimit): void {
  const delta = now - b.prev
  if (delta === 0) return
  if (cfg.rateMatch) {
    const interval = cfg.interval * HZ
    if (delta < interval) return
    b.prev = now
    b.prevWindow = b.currentRate * interval > delta * b.rate
    b.currentRate = 0
    return
  }
  b.prev = now
  const cap = cfg.bytes ? BYTE_CAP : b.creditCap
  const more = cfg.bytes ? BigInt(CREDITS_PER_JIFFY_BYTES) : CREDITS_PER_JIFFY
  b.credit = BigInt.asUintN(64, b.credit + BigInt(delta) * more)
  if (b.credit > cap) b.credit = cap
}

/** hashlimit_byte_cost: 16-byte chunks. A burst is a number of times that an empty bucket is filled up at once. */
export function byteCost(len: number, b: HashlimitBucket): bigint {
  const asked = BigInt((len >>> 4) + 1) * b.cost
  const cost = asked > BYTE_CAP ? BYTE_CAP : asked
  if (b.credit < cost && b.creditCap > 0n) {
    b.creditCap--
    b.credit = BYTE_CAP
  }
  return cost
}

/** struct xt_hashlimit_htable: configured by the rule that came first. */
export class HashlimitTable {
  /** Rules. */
  users = 0
  readonly cfg: MatchHashlimit
  readonly max: number
  /** Jiffies. */
  readonly expire: number
  private readonly interval: number
  private readonly start: number
  private readonly buckets = new Map<number, HashlimitBucket>()
  private count = 0
  /** The last run of the collector that was caught up on. */
  private collected: number

  constructor(cfg: MatchHashlimit, now: number) {
    this.cfg = cfg
    const size = cfg.htableSize === 0 ? DEFAULT_SIZE : Math.min(cfg.htableSize, MAX_SIZE)
    const max = Math.min(cfg.htableMax, MAX_SIZE)
    this.max = max === 0 ? 8 * size : Math.max(max, size)
    this.expire = msecsToJiffies(cfg.htableExpire)
    this.interval = msecsToJiffies(cfg.htableGcInterval)
    this.start = now
    this.collected = now
  }

  /** When the collector ran last. */
  private lastRun(now: number): number {
    return now - ((now - this.start) % this.interval)
  }

  find(key: HashlimitKey, now: number): HashlimitBucket | null {
    let b = this.buckets.get(key.hash()) ?? null
    while (b !== null) {
      if (b.src === key.src && b.dst === key.dst && b.sport === key.sport && b.dport === key.dport) break
      b = b.next
    }
    if (b === null || this.lastRun(now) < b.expires) return b
    this.collect(now)
    return null
  }

  full(now: number): boolean {
    this.collect(now)
    return this.count >= this.max
  }

  add(b: HashlimitBucket): void {
    b.next = this.buckets.get(b.hash) ?? null
    this.buckets.set(b.hash, b)
    this.count++
  }

  /** htable_selective_cleanup, as of its last run. */
  private collect(now: number): void {
    const run = this.lastRun(now)
    if (run === this.collected) return
    this.collected = run
    const kept = this.all().filter((b) => b.expires > run)
    if (kept.length === this.count) return
    this.buckets.clear()
    this.count = 0
    for (const b of kept) this.add(b)
  }

  private all(): HashlimitBucket[] {
    const list: HashlimitBucket[] = []
    for (const first of this.buckets.values())
      for (let b: HashlimitBucket | null = first; b !== null; b = b.next) list.push(b)
    return list
  }

  list(now: number): HashlimitBucket[] {
    this.collect(now)
    return this.all()
  }
}

/** The module is there from its first rule on, in all namespaces: so is its directory. */
const MODULE = 'module xt_hashlimit'

/** A rule takes its table, made when there is none. */
export function takeHashlimit(net: NetNs, cfg: MatchHashlimit): void {
  const { named } = net.kernel.initNet.nf
  if (!named.has(MODULE)) named.set(MODULE, Object.freeze({}))
  let t = hashlimitTable(net, cfg.hashName)
  if (t === null) {
    t = new HashlimitTable(cfg, jiffies(net))
    net.nf.named.set(`hashlimit ${cfg.hashName}`, t)
  }
  t.users++
}

export function hashlimitTable(net: NetNs, name: string): HashlimitTable | null {
  return (net.nf.named.get(`hashlimit ${name}`) as HashlimitTable | undefined) ?? null
}

/** dl_seq_print: brought up to date by looking. Of measured rates the three numbers are other fields of the same union. */
function info(b: HashlimitBucket, cfg: MatchHashlimit, now: number): HashlimitInfo {
  recalc(b, now, cfg)
  const window = BigInt(cfg.interval) + (b.prevWindow ? 1n << 32n : 0n)
  const three = cfg.rateMatch ? [window, b.currentRate, b.rate] : [b.credit, b.creditCap, b.cost]
  return {
    seconds: Math.trunc((b.expires - now) / HZ),
    src: b.src,
    sport: b.sport,
    dst: b.dst,
    dport: b.dport,
    credit: String(three[0]),
    creditCap: String(three[1]),
    cost: String(three[2]),
  }
}

type Ops = 'hashlimit.names' | 'hashlimit.get'

export const hashlimitHandlers: Handlers<Ops> = Object.freeze({
  'hashlimit.names': (tx, net) => {
    if (!tx.kernel.initNet.nf.named.has(MODULE)) tx.refuse('ENOENT')
    return [...net.nf.named.keys()].filter((k) => k.startsWith('hashlimit ')).map((k) => k.slice('hashlimit '.length))
  },
  'hashlimit.get': (tx, net, { name }) => {
    const t = hashlimitTable(net, name) ?? tx.refuse('ENOENT')
    const now = jiffies(net)
    return t.list(now).map((b) => info(b, t.cfg, now))
  },
} satisfies Handlers<Ops>)
