// -m physdev: the bridge ports that a bridged packet came and goes by (net/netfilter/xt_physdev.c).
// Packets reach these rules only routed, never bridged (there is no br_netfilter here): then nothing of what is asked is so.
import { NF_INET_LOCAL_OUT } from '../../../uapi/netfilter.ts'
import type { MatchPhysdev } from '../../../uapi/xt.ts'
import type { MatchOps, XtCheck } from '../xt.ts'

const holdsWithout = (asked: { readonly invert: boolean } | null): boolean => asked === null || asked.invert

export const physdevMatch: MatchOps<MatchPhysdev> = {
  name: 'physdev',
  check(check: XtCheck, m: MatchPhysdev): void {
    const bridgedOnly = m.isBridged !== null && !m.isBridged.invert
    if ((m.out === null && m.isOut === null) || bridgedOnly || (check.hooks & (1 << NF_INET_LOCAL_OUT)) === 0) return
    check.log(
      'xt_physdev: --physdev-out and --physdev-is-out only supported in the FORWARD and POSTROUTING chains with bridged traffic',
      'physdev_mt_check',
    )
    check.tx.refuse('EINVAL')
  },
  compile: (m: MatchPhysdev) => {
    const answer = [m.isBridged, m.isIn, m.isOut, m.in, m.out].every(holdsWithout)
    return () => answer
  },
}
