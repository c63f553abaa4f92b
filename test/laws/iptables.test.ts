// The law of the compiled chain: what hashed dispatch and the flat walk make of a packet is what iptables(8) says, rule by rule:
// the same verdict and the same counters, with and without a listener.
// The walker here is written from iptables(8), TARGETS, and RFC 1858 for fragments: a rule that matches counts; the first verdict ends the walk; RETURN and the end of a
// user chain go on behind the jump (goto leaves no way back); the end of a built-in chain is its policy.
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { NetDevice } from '../../src/kernel/core/netdevice.ts'
import type { NetNs } from '../../src/kernel/core/netns.ts'
import { SkBuff } from '../../src/kernel/core/skbuff.ts'
import type { NfConn } from '../../src/kernel/netfilter/conntrack/conn.ts'
import { ipt_do_table, TableRuntime } from '../../src/kernel/netfilter/ip_tables.ts'
import { NF_ACCEPT } from '../../src/kernel/netfilter/xt.ts'
import {
  counterSlots,
  IPT_INV_DSTIP,
  IPT_INV_FRAG,
  IPT_INV_PROTO,
  IPT_INV_SRCIP,
  IPT_INV_VIA_IN,
  IPT_INV_VIA_OUT,
  type IptChain,
  type IptRule,
  type IptTable,
  NF_INET_FORWARD,
  type RuleTarget,
} from '../../src/uapi/netfilter.ts'
import { CT_STATE_ESTABLISHED, CT_STATE_INVALID, CT_STATE_NEW, type Match, type Range } from '../../src/uapi/xt.ts'
import { icmp } from '../../src/wire/icmp.ts'
import { ipv4 } from '../../src/wire/ipv4.ts'
import { tcp } from '../../src/wire/tcp.ts'
import { udp } from '../../src/wire/udp.ts'

// ---- random tables, from small pools so that rules and packets meet

const ADDRESSES = [0x0a000001, 0x0a000002, 0x0a000101, 0x0a000102, 0xc0a80001 | 0]
const MASKS = [-1, -1, 0xffffff00 | 0, 0xff000000 | 0, 0xff0000ff | 0]
const DEVICES = ['eth0', 'eth1', 'veth1']
const NAMES = ['', '', 'eth0', 'eth+', 'veth1', '+']
const PORTS = [22, 53, 80, 443, 8080]

const chance = (flag: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(flag) })

const anyPrefix = fc.oneof(
  { weight: 3, arbitrary: fc.constant([0, 0] as const) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...ADDRESSES), fc.constantFrom(...MASKS)).map(([a, m]) => [a & m, m] as const),
  },
)

const anyPorts: fc.Arbitrary<Range | null> = fc.option(
  fc
    .record({ a: fc.constantFrom(...PORTS), b: fc.constantFrom(...PORTS), one: fc.boolean(), invert: fc.boolean() })
    .map(({ a, b, one, invert }) => ({ min: one ? a : Math.min(a, b), max: one ? a : Math.max(a, b), invert })),
  { freq: 2 },
)

/** Matches for a protocol, in any order. */
function anyMatches(protocol: number): fc.Arbitrary<readonly Match[]> {
  const ports = fc.record({ sport: anyPorts, dport: anyPorts })
  const all: fc.Arbitrary<Match>[] = [
    fc.record({ value: fc.nat(3), mask: fc.constantFrom(1, 3, 0xffffffff), invert: fc.boolean() }).map((m) => ({
      name: 'mark',
      ...m,
    })),
    fc
      .record({
        mask: fc.constantFrom(CT_STATE_NEW, CT_STATE_ESTABLISHED, CT_STATE_NEW | CT_STATE_INVALID),
        invert: fc.boolean(),
      })
      .map((m) => ({ name: 'state', ...m })),
    fc.constant({ name: 'comment', text: 'a note' }),
  ]
  if (protocol === 6)
    all.push(
      fc.tuple(ports, fc.option(fc.constantFrom(0x02, 0x12, 0x10), { freq: 1 })).map(([p, c]) => ({
        name: 'tcp',
        ...p,
        flags: c === null ? null : { mask: 0x16, compare: c, invert: false },
        option: null,
      })),
    )
  if (protocol === 17) all.push(ports.map((p) => ({ name: 'udp', ...p })))
  return fc.shuffledSubarray(all, { maxLength: 3 }).chain((some) => fc.tuple(...some))
}

/** Chains in order: jumps lead to later ones only, so there are no loops. */
const CHAINS = ['FORWARD', 'A', 'B', 'C']

function anyTarget(chain: number): fc.Arbitrary<RuleTarget> {
  const verdict = fc
    .constantFrom('ACCEPT', 'DROP', 'RETURN', 'RETURN')
    .map((v): RuleTarget => ({ kind: 'verdict', verdict: v as 'ACCEPT' }))
  const none = fc.constant<RuleTarget>({ kind: 'none' })
  const later = CHAINS.slice(chain + 1)
  if (later.length === 0) return fc.oneof({ weight: 2, arbitrary: none }, { weight: 1, arbitrary: verdict })
  const jump = fc
    .tuple(fc.constantFrom(...later), chance(1))
    .map(([name, goes]): RuleTarget => ({ kind: 'chain', chain: name, goto: goes === 1 }))
  return fc.oneof({ weight: 3, arbitrary: none }, { weight: 1, arbitrary: verdict }, { weight: 2, arbitrary: jump })
}

function anyRule(chain: number): fc.Arbitrary<IptRule> {
  return fc.constantFrom(0, 0, 1, 6, 6, 17, 17).chain((protocol) =>
    fc
      .record({
        src: anyPrefix,
        dst: anyPrefix,
        iif: fc.constantFrom(...NAMES),
        oif: fc.constantFrom(...NAMES),
        fragment: fc.nat(9).map((n) => n === 0),
        inverts: fc.tuple(
          chance(IPT_INV_SRCIP),
          chance(IPT_INV_DSTIP),
          chance(IPT_INV_VIA_IN),
          chance(IPT_INV_VIA_OUT),
          chance(IPT_INV_FRAG),
        ),
        matches: anyMatches(protocol),
        target: anyTarget(chain),
      })
      .map(({ src, dst, inverts, ...r }) => ({
        ...r,
        src: src[0],
        srcMask: src[1],
        dst: dst[0],
        dstMask: dst[1],
        protocol,
        invert: inverts.reduce((a, b) => a | b, 0) & (r.fragment ? -1 : ~IPT_INV_FRAG),
      })),
  )
}

/** Eight rules and more that ask for exact values of one field: these are dispatched by hash. */
function anyRun(chain: number): fc.Arbitrary<readonly IptRule[]> {
  return fc
    .tuple(
      fc.constantFrom('dst', 'src', 'dport'),
      fc.array(fc.tuple(anyRule(chain), fc.constantFrom(...ADDRESSES), fc.constantFrom(...PORTS), fc.boolean()), {
        minLength: 8,
        maxLength: 14,
      }),
    )
    .map(([field, rules]) => rules.map(([r, addr, port, isTcp]) => exact(r, field, addr, port, isTcp)))
}

function exact(r: IptRule, field: string, addr: number, port: number, isTcp: boolean): IptRule {
  if (field === 'dst') return { ...r, dst: addr, dstMask: -1, invert: r.invert & ~IPT_INV_DSTIP }
  if (field === 'src') return { ...r, src: addr, srcMask: -1, invert: r.invert & ~IPT_INV_SRCIP }
  const dport = { min: port, max: port, invert: false }
  const rest = r.matches.filter((m) => m.name !== 'tcp' && m.name !== 'udp')
  const match: Match = isTcp
    ? { name: 'tcp', sport: null, dport, flags: null, option: null }
    : { name: 'udp', sport: null, dport }
  return { ...r, protocol: isTcp ? 6 : 17, invert: r.invert & ~IPT_INV_PROTO, matches: [...rest, match] }
}

const anyTable: fc.Arbitrary<IptTable> = fc
  .tuple(
    fc.constantFrom('ACCEPT' as const, 'DROP' as const),
    ...CHAINS.map((_, i) =>
      fc
        .array(fc.oneof(fc.array(anyRule(i), { maxLength: 4 }), anyRun(i)), { maxLength: 3 })
        .map((parts) => parts.flat()),
    ),
  )
  .map(([policy, ...rules]) => {
    const chains = rules.map((r, i): IptChain => ({ name: CHAINS[i]!, policy: i === 0 ? policy : null, rules: r }))
    const [forward, ...rest] = chains
    const empty = (name: string): IptChain => ({ name, policy: 'ACCEPT', rules: [] })
    return { name: 'filter', chains: [empty('INPUT'), forward!, empty('OUTPUT'), ...rest] }
  })

interface Sent {
  readonly skb: SkBuff
  readonly iif: string
  readonly oif: string
}

const anyPacket: fc.Arbitrary<Sent> = fc
  .record({
    src: fc.constantFrom(...ADDRESSES),
    dst: fc.constantFrom(...ADDRESSES),
    protocol: fc.constantFrom(1, 6, 17, 47),
    sport: fc.constantFrom(...PORTS),
    dport: fc.constantFrom(...PORTS),
    flags: fc.constantFrom(0x02, 0x12, 0x10),
    offset: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.constantFrom(8, 1480) }),
    cut: fc.nat(9).map((n) => n === 0),
    mark: fc.nat(3),
    ct: fc.constantFrom(CT_STATE_NEW, CT_STATE_ESTABLISHED, CT_STATE_INVALID),
    iif: fc.constantFrom(...DEVICES),
    oif: fc.constantFrom(...DEVICES),
  })
  .map((p) => {
    const header = ipv4(p.src, p.dst, p.protocol, 64, 0, 0, false, false, p.offset, 60, null, false)
    const whole = p.offset === 0 && !p.cut
    const l4 =
      !whole || p.protocol === 47
        ? null
        : p.protocol === 6
          ? tcp(p.sport, p.dport, 0, 0, p.flags, 0, 0, null, false)
          : p.protocol === 17
            ? udp(p.sport, p.dport, 40, false)
            : icmp(8, 0, 0, false)
    const skb = new SkBuff(1, header, l4, new Uint8Array(p.cut ? 4 : 40))
    skb.mark = p.mark
    if (p.ct !== CT_STATE_INVALID) skb.nfct = { status: 0 } as NfConn
    skb.ctinfo = p.ct === CT_STATE_NEW ? 2 : 0
    return { skb, iif: p.iif, oif: p.oif }
  })

// ---- the specification

class Naive {
  readonly counters: Map<string, number[]>
  private readonly table: IptTable
  private readonly p: Sent
  private broken = false

  constructor(table: IptTable, p: Sent) {
    this.table = table
    this.p = p
    this.counters = new Map(table.chains.map((c) => [c.name, new Array<number>(c.rules.length + 1).fill(0)]))
  }

  verdict(): 'ACCEPT' | 'DROP' {
    const v = this.walk('FORWARD')
    if (v !== null) return v
    const base = this.table.chains.find((c) => c.name === 'FORWARD')!
    this.counters.get('FORWARD')![base.rules.length]!++
    return base.policy!
  }

  /** Null: the end of the chain. */
  private walk(name: string): 'ACCEPT' | 'DROP' | null {
    const { rules } = this.table.chains.find((c) => c.name === name)!
    for (const [i, r] of rules.entries()) {
      const yes = this.matches(r)
      if (this.broken) return 'DROP'
      if (!yes) continue
      this.counters.get(name)![i]!++
      const t = r.target
      if (t.kind === 'verdict') return t.verdict === 'RETURN' ? null : t.verdict === 'ACCEPT' ? 'ACCEPT' : 'DROP'
      if (t.kind !== 'chain') continue
      const v = this.walk(t.chain)
      if (v !== null || t.goto) return v
    }
    return null
  }

  private matches(r: IptRule): boolean {
    const { skb, iif, oif } = this.p
    const ip = skb.ip
    const inv = (flag: number): boolean => (r.invert & flag) !== 0
    if (((ip.src & r.srcMask) === r.src) === inv(IPT_INV_SRCIP)) return false
    if (((ip.dst & r.dstMask) === r.dst) === inv(IPT_INV_DSTIP)) return false
    if (sameDevice(r.iif, iif) === inv(IPT_INV_VIA_IN)) return false
    if (sameDevice(r.oif, oif) === inv(IPT_INV_VIA_OUT)) return false
    if (r.protocol !== 0 && r.protocol !== ip.protocol) return false
    if (r.fragment && ip.fragOffset > 0 === inv(IPT_INV_FRAG)) return false
    return r.matches.every((m) => this.match(m))
  }

  private match(m: Match): boolean {
    const { skb } = this.p
    switch (m.name) {
      case 'mark':
        return ((skb.mark & m.mask) >>> 0 === m.value) !== m.invert
      case 'state': {
        const state = skb.nfct === null ? CT_STATE_INVALID : skb.ctinfo === 2 ? CT_STATE_NEW : CT_STATE_ESTABLISHED
        return ((m.mask & state) !== 0) !== m.invert
      }
      case 'tcp':
      case 'udp':
        return this.ports(m)
      default:
        return true
    }
  }

  /** Later fragments have no ports; one of TCP at offset 8 is an attack (RFC 1858), and a packet without a whole header is broken. */
  private ports(m: Extract<Match, { name: 'tcp' | 'udp' }>): boolean {
    const { l4, ip } = this.p.skb
    if (ip.fragOffset > 0) {
      this.broken = m.name === 'tcp' && ip.fragOffset === 8
      return false
    }
    if (l4 === null || l4.kind === 'icmp') {
      this.broken = true
      return false
    }
    const inside = (r: Range | null, port: number): boolean =>
      r === null || (port >= r.min && port <= r.max) !== r.invert
    if (!inside(m.sport, l4.sport) || !inside(m.dport, l4.dport)) return false
    if (m.name === 'udp' || m.flags === null || l4.kind !== 'tcp') return true
    return ((l4.flags & m.flags.mask) === m.flags.compare) !== m.flags.invert
  }
}

function sameDevice(asked: string, name: string): boolean {
  return asked === '' || (asked.endsWith('+') ? name.startsWith(asked.slice(0, -1)) : name === asked)
}

// ---- both, side by side

function compiled(table: IptTable, p: Sent, traced: boolean): { verdict: string; counters: readonly number[][] } {
  const tr = traced ? { emit: () => undefined } : null
  const net = { id: 0, kernel: { tr, sim: { now: 0 } }, nf: { dropDetail: null } } as unknown as NetNs
  const counters = new Float64Array(table.chains.reduce((n, c) => n + counterSlots(c), 0))
  const dev = (name: string): NetDevice => ({ name, ifindex: 1 }) as NetDevice
  const v = ipt_do_table(new TableRuntime(net, table, counters), NF_INET_FORWARD, p.skb, dev(p.iif), dev(p.oif))
  let at = 0
  const each = table.chains.map((c) => [...counters.subarray(at, (at += counterSlots(c)))])
  return { verdict: v === NF_ACCEPT ? 'ACCEPT' : 'DROP', counters: each }
}

/** Packets and bytes, in the order of the table's counters. */
function expected(table: IptTable, n: Naive, bytes: number): readonly number[][] {
  return table.chains.map((c) =>
    n.counters
      .get(c.name)!
      .slice(0, c.rules.length + (c.policy === null ? 0 : 1))
      .flatMap((packets) => [packets, packets * bytes]),
  )
}

describe('a compiled chain', () => {
  test.prop([anyTable, fc.array(anyPacket, { minLength: 8, maxLength: 8 })], { numRuns: 100 })(
    'gives the verdict and the counters of a walk rule by rule, whoever listens',
    (table, packets) => {
      for (const p of packets) {
        const naive = new Naive(table, p)
        const verdict = naive.verdict()
        const counters = expected(table, naive, p.skb.len)
        expect(compiled(table, p, false)).toEqual({ verdict, counters })
        expect(compiled(table, p, true)).toEqual({ verdict, counters })
      }
    },
  )
})
