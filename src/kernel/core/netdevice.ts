// A network device at run time: what the packet path reads of a link, kept equal to the configuration after each commit.
// Read first: uapi/link.ts. Reference: include/linux/netdevice.h.
import type { Mac } from '../../lib/mac.ts'
import { IFF_LOOPBACK, IFF_NOARP, IFF_PROMISC, IFF_UP, type Link } from '../../uapi/link.ts'
import type { DevConf } from '../../uapi/sysctl.ts'
import { NeighDev } from './neigh_dev.ts'
import type { NetNs } from './netns.ts'

/** Device kinds as small integers for the switch in dev_hard_start_xmit. */
export const DEV_LOOPBACK = 0
export const DEV_DUMMY = 1
export const DEV_IFB = 2
export const DEV_VETH = 3

const KINDS = { loopback: DEV_LOOPBACK, dummy: DEV_DUMMY, ifb: DEV_IFB, veth: DEV_VETH } as const

export class NetDevice {
  net: NetNs
  /** The configuration this object mirrors. */
  link: Link
  readonly kind: number
  ifindex = 0
  name = ''
  mtu = 0
  mac: Mac = 0
  broadcast: Mac = 0
  up = false
  /** up and carrier. */
  running = false
  noarp = false
  loopback = false
  promisc = false
  conf: DevConf
  /** IN_DEV_FORWARD and friends combine with conf.all; recomputed by NetNs.sync. */
  forwarding = false
  peer: NetDevice | null = null
  /** Its neighbours (core/neighbour.ts). */
  readonly neigh = new NeighDev()
  /** Inodes of AF_PACKET sockets bound to this device (ptype_specific taps); sockets on all devices are in NetNs.taps. */
  taps: number[] = []
  rxBytes = 0
  rxPackets = 0
  rxErrors = 0
  rxDropped = 0
  rxOtherhost = 0
  txBytes = 0
  txPackets = 0
  txErrors = 0
  txDropped = 0

  constructor(net: NetNs, link: Link) {
    this.net = net
    this.link = link
    this.kind = KINDS[link.kind]
    this.conf = link.conf
    this.mirror(link)
  }

  /** Take over a changed configuration. */
  mirror(link: Link): void {
    this.link = link
    this.ifindex = link.ifindex
    this.name = link.name
    this.mtu = link.mtu
    this.mac = link.address
    this.broadcast = link.broadcast
    this.up = (link.flags & IFF_UP) !== 0
    this.running = this.up && link.carrier
    this.noarp = (link.flags & IFF_NOARP) !== 0
    this.loopback = (link.flags & IFF_LOOPBACK) !== 0
    this.promisc = (link.flags & IFF_PROMISC) !== 0 || link.promiscuity > 0
    this.conf = link.conf
    this.forwarding = link.conf.forwarding !== 0
  }
}
