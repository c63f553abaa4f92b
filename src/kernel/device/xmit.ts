// What each kind of device does with a frame handed to it (ndo_start_xmit of drivers/net/{loopback,veth,dummy,ifb}.c).
// Read first: core/dev.ts. The kinds' creation is in the file of each kind.
import { EV_RX } from '../../sim/clock.ts'
import { ETH_HLEN } from '../../wire/ethernet.ts'
import { because, kfree_skb } from '../core/drop.ts'
import { DEV_DUMMY, DEV_IFB, DEV_LOOPBACK, DEV_VETH, type NetDevice } from '../core/netdevice.ts'
import { IPSKB_NOBUFS, type SkBuff } from '../core/skbuff.ts'

/** Bytes that a receiver tolerates above its MTU for a VLAN tag (VLAN_HLEN in __is_skb_forwardable). */
const VLAN_HLEN = 4

export function dev_hard_start_xmit(dev: NetDevice, skb: SkBuff): void {
  switch (dev.kind) {
    case DEV_VETH:
      veth_xmit(dev, skb)
      return
    case DEV_LOOPBACK:
      loopback_xmit(dev, skb)
      return
    case DEV_DUMMY:
      dev.txPackets++
      dev.txBytes += ETH_HLEN + skb.len
      return
    case DEV_IFB:
      ifb_xmit(dev, skb)
      return
    default:
      throw new TypeError(`device kind ${dev.kind}`)
  }
}

/** Out of one end, into the other, after a constant latency; what is not clean for another namespace is scrubbed. */
function veth_xmit(dev: NetDevice, skb: SkBuff): void {
  const peer = dev.peer
  if (peer === null || !peer.up || skb.len > peer.mtu + VLAN_HLEN) {
    dev.txDropped++
    if (peer !== null) peer.rxDropped++
    // NET_XMIT_DROP: a socket that sends is told ENOBUFS
    skb.cbFlags |= IPSKB_NOBUFS
    const note =
      peer === null || !peer.up
        ? 'the peer is down'
        : `${skb.len} bytes exceed the peer's MTU ${peer.mtu} (is_skb_forwardable)`
    kfree_skb(dev.net, skb, '__dev_forward_skb2', 'NOT_SPECIFIED', because(note))
    return
  }
  dev.txPackets++
  dev.txBytes += ETH_HLEN + skb.len
  // skb_scrub_packet: route, socket, control block and connection never cross; the mark only inside one namespace
  skb.rt = null
  skb.sk = 0
  skb.cbFlags = 0
  skb.fragMaxSize = 0
  skb.priority = 0
  skb.resetConntrack()
  skb.nfTrace = false
  if (peer.net !== dev.net) skb.mark = 0
  const kernel = dev.net.kernel
  kernel.sim.post(kernel.vethLane, EV_RX, peer, skb)
}

/** Back into the same namespace; the route stays, so nothing is looked up again. */
function loopback_xmit(dev: NetDevice, skb: SkBuff): void {
  dev.txPackets++
  dev.txBytes += skb.len
  skb.sk = 0
  skb.cbFlags = 0
  skb.fragMaxSize = 0
  const kernel = dev.net.kernel
  if (kernel.loopbackAtOnce) kernel.dispatch(EV_RX, dev, skb)
  else kernel.sim.post(kernel.loLane, EV_RX, dev, skb)
}

/** An ifb passes on only what a tc action redirected to it; anything else it drops and counts. */
function ifb_xmit(dev: NetDevice, skb: SkBuff): void {
  dev.rxDropped++
  kfree_skb(
    dev.net,
    skb,
    'ifb_xmit',
    'NOT_SPECIFIED',
    because(`nothing was redirected to ${dev.name} by tc: it swallows the frame`),
  )
}
