// The ports of a packet as a match reads them: of a decoded header, or of the first bytes where there is none (a first fragment, a
// protocol that is not decoded). Read first: wire/packet.ts.
import { u16 } from '../../../wire/bytes.ts'
import type { XtPar } from '../xt.ts'

export class Ports {
  source = 0
  dest = 0

  /** skb_header_pointer: false, and the packet dropped, when there are fewer than `bytes` behind the IP header. Not for later fragments. */
  read(par: XtPar, bytes: number): boolean {
    const { l4, data } = par.skb
    if (l4 !== null && l4.kind !== 'icmp') {
      this.source = l4.sport
      this.dest = l4.dport
      return true
    }
    if (data.length < bytes || l4 !== null) {
      par.hotdrop = true
      return false
    }
    this.source = u16(data, 0)
    this.dest = u16(data, 2)
    return true
  }
}
