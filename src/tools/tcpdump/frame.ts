// From what a packet socket delivers to a captured packet: link layer, snapshot length, filter, direction. Read first: session.ts.
import type { Sys } from '../../uapi/program.ts'
import type { Received } from '../../uapi/socket.ts'
import { concat } from '../../wire/bytes.ts'
import { encodeNet, encodePacket } from '../../wire/codec.ts'
import { ETH_P_ARP, ETH_P_IP, ethernet } from '../../wire/ethernet.ts'
import type { Packet } from '../../wire/packet.ts'
import { encodeSll2 } from '../../wire/sll2.ts'
import { matchesBytes } from './filter_eval.ts'
import type { Captured, CaptureState, Session } from './session.ts'

const PACKET_TYPES = Object.freeze({ host: 0, broadcast: 1, multicast: 2, otherhost: 3, outgoing: 4 })
/** ARPHRD_ETHER, ARPHRD_LOOPBACK */
const HATYPE_ETHER = 1
const HATYPE_LOOPBACK = 772

function etherType(p: Packet): number {
  return p.eth?.type ?? (p.net.kind === 'arp' ? ETH_P_ARP : ETH_P_IP)
}

function cookedBytes(r: Received, p: Packet, c: CaptureState): Uint8Array {
  const header = encodeSll2({
    protocol: etherType(p),
    ifindex: r.ifindex,
    hatype: r.ifindex === c.loopback ? HATYPE_LOOPBACK : HATYPE_ETHER,
    packetType: PACKET_TYPES[r.packetType],
    address: p.eth?.src ?? 0,
  })
  return concat(header, encodeNet(p))
}

function wrongDirection(s: Session, c: CaptureState, r: Received): boolean {
  const outgoing = r.packetType === 'outgoing'
  // A packet on the loopback device is seen twice; libpcap takes the one that comes in.
  if (outgoing && r.ifindex === c.loopback) return true
  return s.options.direction === 'in' ? outgoing : s.options.direction === 'out' && !outgoing
}

/** Null when the filter or the direction refuses it. Counts what the filter took. */
export function captureFrame(sys: Sys, s: Session, c: CaptureState, r: Received): Captured | null {
  if (r.frame === null) return null
  const p = r.frame
  const whole =
    s.link === 'any'
      ? cookedBytes(r, p, c)
      : encodePacket(p.eth === null ? { ...p, eth: ethernet(0, 0, etherType(p)) } : p)
  if (!matchesBytes(s.filter, whole, whole.length, s.link)) return null
  s.received++
  if (wrongDirection(s, c, r)) return null
  const bytes = whole.length > s.options.snaplen ? whole.slice(0, s.options.snaplen) : whole
  const boot = Math.floor((sys.wallClock() - sys.now()) / 1000)
  return { time: boot + Math.floor(r.time / 1000), bytes, wireLength: whole.length }
}
