// Fragmentation (ip_do_fragment, net/ipv4/ip_output.c; RFC 791).
// A fragment carries no decoded transport header: its payload is the raw slice of the datagram.
import type { Simulation } from '../../sim/clock.ts'
import { encodeTransport } from '../../wire/codec.ts'
import { IP_HLEN, IPPROTO_TCP, type Ipv4, ipv4HeaderLength, withExtent } from '../../wire/ipv4.ts'
import type { NetNs } from '../core/netns.ts'
import { IPSKB_NOBUFS, IPSKB_XMIT_CN, SkBuff } from '../core/skbuff.ts'
import { ip_finish_output2, traceOrigin } from './ip_output.ts'
import type { Rtable } from './rtable.ts'

/** The copied-flag of an option (RFC 791): set ones go into every fragment. */
const IPOPT_COPY = 0x80
const IPOPT_EOL = 0
const IPOPT_NOOP = 1

/** Split a datagram into pieces of at most `mtu` bytes and send each. */
export function ip_do_fragment(net: NetNs, skb: SkBuff, mtu: number, rt: Rtable): void {
  const ip = skb.ip
  const body = encodeTransport(ip, skb.l4, skb.data)
  const limit = skb.fragMaxSize !== 0 && skb.fragMaxSize < mtu ? skb.fragMaxSize : mtu
  const pieces: SkBuff[] = []
  let offset = 0
  while (offset < body.length) {
    const options = offset === 0 ? ip.options : copiedOptions(ip.options)
    const room = (limit - IP_HLEN - (options?.length ?? 0)) & ~7
    const last = body.length - offset <= limit - IP_HLEN - (options?.length ?? 0)
    const n = last ? body.length - offset : room
    pieces.push(piece(net, skb, ip, options, body.subarray(offset, offset + n), offset, !last || ip.mf))
    offset += n
  }
  net.kernel.tr?.emit({
    kind: 'fragment',
    time: net.kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex: rt.dev.ifindex,
    fn: 'ip_do_fragment',
    action: 'split',
    mtu,
    fragments: pieces.length,
  })
  // A system call sends one by one, each as far as it goes; who forwards or answers has them all wait for the softirq's next round.
  const oneByOne = skb.sk > 0 && ip.protocol !== IPPROTO_TCP
  skb.cbFlags |= sendFragments({ net, origin: skb.id, pieces, next: 0, rt }, oneByOne)
}

/** The fragments of a datagram, of which those from `next` on have not been sent. */
export interface FragmentTrain {
  readonly net: NetNs
  /** Id of the datagram. */
  readonly origin: number
  readonly pieces: readonly SkBuff[]
  next: number
  readonly rt: Rtable
}

/** Send what is left, at once or one by one. When one fails the rest is not even tried: the flags that say why, or 0. */
export function sendFragments(train: FragmentTrain, oneByOne: boolean): number {
  const { net, pieces } = train
  while (train.next < pieces.length) {
    const p = pieces[train.next++]!
    traceOrigin(net, p, 'fragment', train.origin, 'ip_do_fragment')
    ip_finish_output2(net, p, train.rt)
    const failed = p.cbFlags & (IPSKB_NOBUFS | IPSKB_XMIT_CN)
    if (failed !== 0) return failed
    if (oneByOne && train.next < pieces.length) {
      net.kernel.sim.resume(train)
      return 0
    }
  }
  return 0
}

/** The next system call sends: those before it are over. */
export function finishSending(sim: Simulation): void {
  for (let train = sim.takeResuming(); train !== undefined; train = sim.takeResuming())
    sendFragments(train as FragmentTrain, false)
}

function piece(
  net: NetNs,
  skb: SkBuff,
  ip: Ipv4,
  options: Uint8Array | null,
  bytes: Uint8Array,
  offset: number,
  more: boolean,
): SkBuff {
  const len = IP_HLEN + (options?.length ?? 0) + bytes.length
  // Only what came in fragments with DF keeps it (IPSKB_FRAG_PMTU).
  const df = ip.df && skb.fragMaxSize !== 0
  const header = withExtent(ip, df, ip.fragOffset + offset, more, len, options, ip.badSum)
  const p = new SkBuff(net.kernel.nextPacketId(), header, null, bytes)
  p.copyMetadata(skb)
  return p
}

/** ip_options_fragment: what later fragments keep of the options. */
function copiedOptions(options: Uint8Array | null): Uint8Array | null {
  if (options === null) return null
  const out: number[] = []
  for (let i = 0; i < options.length; ) {
    const type = options[i]!
    if (type === IPOPT_EOL) break
    const len = type === IPOPT_NOOP ? 1 : (options[i + 1] ?? 2)
    if (len < 1) break
    if ((type & IPOPT_COPY) !== 0) out.push(...options.subarray(i, i + len))
    i += len
  }
  if (out.length === 0) return null
  while (out.length % 4 !== 0) out.push(IPOPT_EOL)
  return Uint8Array.from(out)
}

/** The header of a datagram that was put together again. */
export function reassembledHeader(first: Ipv4, bodyLength: number): Ipv4 {
  return withExtent(first, first.df, 0, false, ipv4HeaderLength(first) + bodyLength, first.options, false)
}
