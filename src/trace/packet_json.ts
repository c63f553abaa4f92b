// A packet as JSON. Read first: json.ts.
import { formatIp4 } from '../lib/ip4.ts'
import { formatMac } from '../lib/mac.ts'
import { unreachable } from '../lib/never.ts'
import type { Ethernet } from '../wire/ethernet.ts'
import type { Net, Packet, Transport } from '../wire/packet.ts'
import type { JsonObject } from './json_value.ts'
import type { Printers } from './printers.ts'

export function packetJson(pkt: Packet, p: Printers): JsonObject {
  return {
    summary: p.packet(pkt),
    eth: pkt.eth === null ? null : ethernetJson(pkt.eth),
    net: netJson(pkt.net),
    l4: pkt.l4 === null ? null : transportJson(pkt.l4),
    dataLength: pkt.data.length,
  }
}

function ethernetJson(e: Ethernet): JsonObject {
  return { src: formatMac(e.src), dst: formatMac(e.dst), type: e.type }
}

function netJson(n: Net): JsonObject {
  switch (n.kind) {
    case 'ipv4':
      return {
        kind: n.kind,
        src: formatIp4(n.src),
        dst: formatIp4(n.dst),
        protocol: n.protocol,
        ttl: n.ttl,
        tos: n.tos,
        id: n.id,
        df: n.df,
        mf: n.mf,
        fragOffset: n.fragOffset,
        totalLength: n.totalLength,
      }
    case 'arp':
      return {
        kind: n.kind,
        op: n.op,
        sha: formatMac(n.sha),
        sip: formatIp4(n.sip),
        tha: formatMac(n.tha),
        tip: formatIp4(n.tip),
      }
    case 'raw':
      return { kind: n.kind, length: n.bytes.length }
    default:
      return unreachable(n)
  }
}

function transportJson(t: Transport): JsonObject {
  switch (t.kind) {
    case 'icmp':
      return { kind: t.kind, type: t.type, code: t.code, rest: t.rest >>> 0 }
    case 'udp':
      return { kind: t.kind, sport: t.sport, dport: t.dport, length: t.length }
    case 'tcp':
      return {
        kind: t.kind,
        sport: t.sport,
        dport: t.dport,
        seq: t.seq,
        ack: t.ack,
        flags: t.flags,
        window: t.window,
      }
    default:
      return unreachable(t)
  }
}
