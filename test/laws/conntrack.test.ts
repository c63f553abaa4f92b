// Laws of connection tracking: random segments against the table of states (tcp_conntracks and tcp_valid_flags of Linux,
// net/netfilter/nf_conntrack_proto_tcp.c; that the copy is right is recorded: scenarios/ct-tcp), and the hash of tuples against a plain list.
import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import type { NetNs } from '../../src/kernel/core/netns.ts'
import { SkBuff } from '../../src/kernel/core/skbuff.ts'
import { Kernel } from '../../src/kernel/kernel.ts'
import { NfConn } from '../../src/kernel/netfilter/conntrack/conn.ts'
import { TupleHash } from '../../src/kernel/netfilter/conntrack/hash.ts'
import { nf_conntrack_tcp_packet, REOPEN } from '../../src/kernel/netfilter/conntrack/proto_tcp.ts'
import {
  get_conntrack_index,
  IGNORE,
  isValidFlags,
  MAX,
  NONE,
  TCP_CONNTRACKS,
} from '../../src/kernel/netfilter/conntrack/tcp_table.ts'
import { Simulation } from '../../src/sim/clock.ts'
import { Random } from '../../src/sim/random.ts'
import { IPS_DYING, IPS_SEEN_REPLY } from '../../src/uapi/conntrack.ts'
import { ipv4 } from '../../src/wire/ipv4.ts'
import { tcp } from '../../src/wire/tcp.ts'

/** A namespace with these two settings. */
function namespace(loose: boolean, liberal: boolean): NetNs {
  const net = new Kernel(new Simulation(), new Random(1)).initNet
  for (const [name, value] of [
    ['loose', loose],
    ['be_liberal', liberal],
  ] as const) {
    net.kernel.request(net.id, 'sysctl.set', { path: `netfilter/nf_conntrack_tcp_${name}`, value: value ? '1' : '0' })
  }
  return net
}

const NAMESPACES = [false, true].map((loose) => [false, true].map((liberal) => namespace(loose, liberal)))

interface Segment {
  readonly flags: number
  readonly seq: number
  readonly ack: number
  readonly window: number
  readonly data: number
}

function skbOf(s: Segment, dir: number): SkBuff {
  const [src, dst] = dir === 0 ? [1, 2] : [2, 1]
  const [sport, dport] = dir === 0 ? [3, 4] : [4, 3]
  const l4 = tcp(sport, dport, s.seq >>> 0, s.ack >>> 0, s.flags, s.window, 0, null, false)
  const ip = ipv4(src, dst, 6, 64, 0, 0, false, false, 0, 40 + s.data, null, false)
  return new SkBuff(1, ip, l4, new Uint8Array(s.data))
}

/** Segments around the same few numbers, so that windows are met as well as missed. */
const segment = fc.record({
  reply: fc.boolean(),
  flags: fc.integer({ min: 0, max: 0x3f }),
  seq: fc.integer({ min: -3, max: 70000 }),
  ack: fc.integer({ min: -3, max: 70000 }),
  window: fc.constantFrom(0, 1, 500, 65535),
  data: fc.constantFrom(0, 1, 1000),
})

test.prop([fc.array(segment, { maxLength: 40 }), fc.boolean(), fc.boolean()])(
  'conntrack accepts no segment that the state forbids, and a refused one leaves the state as it was',
  (segments, loose, liberal) => {
    const net = NAMESPACES[Number(loose)]![Number(liberal)]!
    let ct = new NfConn(1, 6, 1, 2, 3, 4, 2, 1, 4, 3, 0, 0)
    let known = false
    for (const s of segments) {
      const dir = known && s.reply ? 1 : 0
      const before = ct.tcp?.state ?? NONE
      const index = get_conntrack_index(s.flags)
      const next = TCP_CONNTRACKS[dir]![index]![before]!
      const answer = nf_conntrack_tcp_packet(net, ct, skbOf(s, dir), 0, dir)
      if (answer === REOPEN) {
        expect(next).toBeLessThan(MAX)
        ct = new NfConn(1, 6, 1, 2, 3, 4, 2, 1, 4, 3, 0, 0)
        known = false
        continue
      }
      const after = ct.tcp?.state ?? NONE
      if (!isValidFlags(s.flags) || next === MAX) expect(answer).not.toBeNull()
      if (answer !== null && known) expect(after).toBe(before)
      if (next === IGNORE && answer === null && after !== before) expect(index).toBe(1)
      if (answer === null && !known) {
        known = true
        net.nf.ct.insert(ct)
      }
      if ((ct.status & IPS_DYING) !== 0) return
      if (answer === null && dir === 1) ct.status |= IPS_SEEN_REPLY
    }
    if (known) net.nf.ct.remove(ct)
  },
)

test.prop([fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()), { maxLength: 300 }), fc.integer()])(
  'the hash finds exactly the connections that are in it',
  (steps, seed) => {
    const hash = new TupleHash(seed)
    const inside = new Map<number, NfConn>()
    const of = (n: number): number => hash.hash(n, n * 7, n % 3, 5, 17)
    for (const [n, add] of steps) {
      const known = inside.get(n)
      if (add && known === undefined) {
        const ct = new NfConn(n, 17, n, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        hash.add(of(n), ct)
        inside.set(n, ct)
      } else if (!add && known !== undefined) {
        hash.delete(of(n), known)
        inside.delete(n)
      }
      hash.trim()
      for (let k = 0; k <= 40; k++) {
        let found: NfConn | null = null
        if (hash.size > 0) {
          for (let p = hash.start(of(k)); hash.at(p) !== null; p = hash.next(p))
            if (hash.at(p)!.id === k) found = hash.at(p)
        }
        expect(found).toBe(inside.get(k) ?? null)
      }
    }
    expect(hash.inRange(0, 2 ** 32).length).toBe(inside.size)
  },
)
