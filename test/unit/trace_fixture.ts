// Hand-made events: three namespaces, ns1 (eth0) — host (veth1, ens3) — gw (eth0).
import { ip4 } from '../../src/lib/ip4.ts'
import { plainPrinters } from '../../src/trace/printers.ts'
import { Trace } from '../../src/trace/trace.ts'
import type { Route, Rule } from '../../src/uapi/route.ts'
import type { TraceEvent } from '../../src/uapi/trace.ts'
import { ARPOP_REPLY, ARPOP_REQUEST, arp } from '../../src/wire/arp.ts'
import { ETH_P_ARP, ETH_P_IP, ethernet } from '../../src/wire/ethernet.ts'
import { icmp } from '../../src/wire/icmp.ts'
import { ipv4 } from '../../src/wire/ipv4.ts'
import { NO_DATA, type Packet } from '../../src/wire/packet.ts'

export const NS1 = 1
export const HOST = 0
export const GW = 2
export const MAC1 = 0x020000000001
export const MAC2 = 0x020000000002

export const printers = plainPrinters({
  netns: new Map([
    [HOST, 'host'],
    [NS1, 'ns1'],
    [GW, 'gw'],
  ]),
  devices: new Map([
    [NS1, new Map([[2, 'eth0']])],
    [
      HOST,
      new Map([
        [2, 'ens3'],
        [3, 'veth1'],
      ]),
    ],
    [GW, new Map([[2, 'eth0']])],
  ]),
})

export function echo(src: string, dst: string, type: number, ttl = 64): Packet {
  const ip = ipv4(ip4(src), ip4(dst), 1, ttl, 0, 7, true, false, 0, 84, null, false)
  return { eth: ethernet(MAC2, MAC1, ETH_P_IP), net: ip, l4: icmp(type, 0, (1 << 16) | 1, false), data: NO_DATA }
}

export function icmpError(src: string, dst: string, code: number): Packet {
  const ip = ipv4(ip4(src), ip4(dst), 1, 64, 0xc0, 9, false, false, 0, 112, null, false)
  return { eth: null, net: ip, l4: icmp(3, code, 0, false), data: NO_DATA }
}

export function arpRequest(sip: string, tip: string): Packet {
  const eth = ethernet(0xffffffffffff, MAC1, ETH_P_ARP)
  return { eth, net: arp(ARPOP_REQUEST, MAC1, ip4(sip), 0, ip4(tip)), l4: null, data: NO_DATA }
}

export function arpReply(sip: string, tip: string): Packet {
  const eth = ethernet(MAC1, MAC2, ETH_P_ARP)
  return { eth, net: arp(ARPOP_REPLY, MAC2, ip4(sip), MAC1, ip4(tip)), l4: null, data: NO_DATA }
}

export function route(dst: string, len: number, gateway: string, oif: number, table = 254): Route {
  const gw = gateway === '' ? 0 : ip4(gateway)
  const nexthops = [{ gateway: gw, oif, weight: 1, flags: 0, scope: 253 }]
  const type = table === 255 ? 'local' : 'unicast'
  return {
    dst: ip4(dst),
    len,
    table,
    tos: 0,
    metric: 0,
    type,
    scope: 0,
    protocol: 3,
    prefsrc: 0,
    nexthops,
    metrics: null,
  }
}

export function lookup(pref: number, table: number): Rule {
  return {
    pref,
    action: 'lookup',
    table,
    goto: 0,
    invert: false,
    src: 0,
    srcLen: 0,
    dst: 0,
    dstLen: 0,
    tos: 0,
    iif: null,
    oif: null,
    mark: 0,
    markMask: 0,
    ipproto: 0,
    sport: null,
    dport: null,
    uidrange: null,
    suppressPrefixlength: -1,
    suppressIfgroup: -1,
    protocol: 2,
  }
}

type Fields<K extends TraceEvent['kind']> = Omit<
  Extract<TraceEvent, { kind: K }>,
  'kind' | 'time' | 'packet' | 'netns' | 'ifindex' | 'fn'
>

/** Collects events: at(time, packet, netns, ifindex).kind(fields). */
export class Script {
  readonly events: TraceEvent[] = []

  add<K extends TraceEvent['kind']>(
    kind: K,
    [time, packet, netns, ifindex, fn]: readonly [number, number, number, number, string],
    fields: Fields<K>,
  ): this {
    this.events.push({ kind, time, packet, netns, ifindex, fn, ...fields } as unknown as TraceEvent)
    return this
  }

  unicast(time: number, packet: number, netns: number, dst: string, r: Route): this {
    return this.add('route', [time, packet, netns, r.nexthops[0]!.oif, 'ip_route_output_key_hash'], {
      direction: 'output',
      dst: ip4(dst),
      src: 0,
      route: r,
      nexthop: r.nexthops[0]!,
      rule: lookup(32766, 254),
      result: 'unicast',
      prefsrc: 0,
    })
  }

  xmit(
    time: number,
    packet: number,
    netns: number,
    ifindex: number,
    pkt: Packet,
    peer: readonly [number, number],
  ): this {
    return this.add('xmit', [time, packet, netns, ifindex, 'dev_hard_start_xmit'], {
      pkt,
      eth: pkt.eth,
      peer: { netns: peer[0], ifindex: peer[1] },
    })
  }

  receive(time: number, packet: number, netns: number, ifindex: number, pkt: Packet): this {
    return this.add('receive', [time, packet, netns, ifindex, 'netif_receive_skb'], { pkt })
  }

  trace(): Trace {
    return new Trace({ events: this.events, lost: 0, limit: 1000, keep: 'first' }, printers)
  }
}
