// CONNMARK: the connection's mark set, saved from the packet, restored to it (net/netfilter/xt_connmark.c, revision 2).
import { unreachable } from '../../../lib/never.ts'
import type { TargetConnmark } from '../../../uapi/xt_target.ts'
import type { NfConn } from '../conntrack/conn.ts'
import { IPCT_MARK, nf_conntrack_event_cache } from '../conntrack/events.ts'
import { traceSet } from '../set_event.ts'
import { type TargetFn, type TargetOps, XT_CONTINUE, type XtPar } from '../xt.ts'

const FN = 'connmark_tg_shift'

function setConnmark(par: XtPar, ct: NfConn, mark: number): void {
  if (ct.mark === mark) return
  traceSet(par, FN, 'connmark', ct.mark, mark)
  ct.mark = mark
  nf_conntrack_event_cache(par.net, ct, IPCT_MARK)
}

/** By 32 nothing is shifted: the processor takes the count modulo 32. */
function shifted(info: TargetConnmark, mark: number): number {
  return (info.shift === 'left' ? mark << info.shiftBits : mark >>> info.shiftBits) >>> 0
}

function compile(info: TargetConnmark): TargetFn {
  const { mode, ctmark, ctmask, nfmask } = info
  return (par) => {
    const { skb } = par
    const ct = skb.conn
    if (ct === null) return XT_CONTINUE
    switch (mode) {
      case 'set':
        setConnmark(par, ct, shifted(info, (ct.mark & ~ctmask) ^ ctmark))
        break
      case 'save':
        setConnmark(par, ct, ((ct.mark & ~ctmask) ^ shifted(info, skb.mark & nfmask)) >>> 0)
        break
      case 'restore': {
        const before = skb.mark
        skb.mark = ((before & ~nfmask) ^ shifted(info, ct.mark & ctmask)) >>> 0
        traceSet(par, FN, 'mark', before, skb.mark)
        break
      }
      default:
        return unreachable(mode)
    }
    return XT_CONTINUE
  }
}

export const connmarkTarget: TargetOps<TargetConnmark> = { name: 'CONNMARK', conntrack: true, compile }
