// -m owner: who opened the socket that sends (net/netfilter/xt_owner.c).
// Processes have one group here, so --suppl-groups finds no others.
import { NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING } from '../../../uapi/netfilter.ts'
import type { MatchOwner, Range } from '../../../uapi/xt.ts'
import { SK_CONTROL } from '../../core/skbuff.ts'
import type { Sock } from '../../socket/sock.ts'
import type { MatchOps, XtCheck, XtPar } from '../xt.ts'

function idMatches(r: Range | null, id: number): boolean {
  return r === null || (id >= r.min && id <= r.max) !== r.invert
}

const isReversed = (r: Range | null): boolean => r !== null && r.max < r.min
const holdsWithout = (asked: { readonly invert: boolean } | null): boolean => asked === null || asked.invert

/** The packet's socket, when a process of this namespace has it open: not before accept(2), not after close(2). */
function ownedSocket(par: XtPar): Sock | null {
  const { net, skb } = par
  const sk = net.kernel.layer.find(skb.sk)
  return sk === null || sk.owner === null || sk.net !== net ? null : sk
}

export const ownerMatch: MatchOps<MatchOwner> = {
  name: 'owner',
  hooks: (1 << NF_INET_LOCAL_OUT) | (1 << NF_INET_POST_ROUTING),
  check(check: XtCheck, m: MatchOwner): void {
    if (isReversed(m.uid) || isReversed(m.gid)) check.tx.refuse('EINVAL')
  },
  compile: (m: MatchOwner) => {
    const without = holdsWithout(m.uid) && holdsWithout(m.gid)
    const exists = m.socketExists === null || !m.socketExists.invert
    const nobody = without && holdsWithout(m.socketExists) && !m.supplGroups
    return (par) => {
      if (par.skb.sk === SK_CONTROL) return exists && without
      const sk = ownedSocket(par)
      if (sk === null) return nobody
      return exists && idMatches(m.uid, sk.uid) && idMatches(m.gid, sk.owner!.gid)
    }
  },
}
