// CT: what connection tracking shall do with a packet: nothing (--notrack), or look in a zone, or tell only some events
// (net/netfilter/xt_CT.c). Read first: conntrack/core.ts. Leaves out helpers and timeout policies, which the tool refuses.
import { IP_CT_NEW, IP_CT_UNTRACKED, IPS_CONFIRMED, IPS_TEMPLATE } from '../../../uapi/conntrack.ts'
import type { TargetCt } from '../../../uapi/xt_target.ts'
import type { NetNs } from '../../core/netns.ts'
import type { CtTemplate, SkBuff } from '../../core/skbuff.ts'
import { NfConn } from '../conntrack/conn.ts'
import { IPCT_UNSAID, ipctMask, nf_ct_ecache_ext_add } from '../conntrack/events.ts'
import { traceSet } from '../set_event.ts'
import { type TargetFn, type TargetOps, XT_CONTINUE } from '../xt.ts'

/** Previously seen (over lo), or another CT came first. */
function settled(skb: SkBuff): boolean {
  return skb.nfct !== null || skb.ctTemplate !== null || skb.ctinfo === IP_CT_UNTRACKED
}

/** A packet that conntrack passes over: shared with NOTRACK. */
export const notrack: TargetFn = ({ skb }) => {
  if (!settled(skb)) skb.ctinfo = IP_CT_UNTRACKED
  return XT_CONTINUE
}

/** nf_ct_tmpl_alloc: one for each rule, so a mark that is set on it stays. */
class Template implements CtTemplate {
  readonly zone: number
  readonly zoneOfMark: boolean
  readonly zoneDir: CtTemplate['zoneDir']
  readonly events: number
  readonly conn: NfConn

  constructor(info: TargetCt, events: number) {
    this.events = events
    this.zoneOfMark = info.zone === 'mark'
    this.zone = info.zone === null || info.zone === 'mark' ? 0 : info.zone
    this.zoneDir = info.zoneDir
    this.conn = new NfConn(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, this.zone, this.zone)
    this.conn.status = IPS_TEMPLATE | IPS_CONFIRMED
  }
}

const RULES = 'CT --ctevents'
const NO_RULES: ReadonlySet<TargetCt> = new Set()

function rulesWithEvents(net: NetNs): ReadonlySet<TargetCt> {
  return (net.nf.named.get(RULES) as Set<TargetCt> | undefined) ?? NO_RULES
}

/** Its --ctevents count only if somebody listened when the rule was put in: otherwise its template has no place for them. */
function acquire(net: NetNs, info: TargetCt): void {
  if (info.ctevents.length === 0 || nf_ct_ecache_ext_add(net, ipctMask(info.ctevents)) === 0) return
  net.nf.named.set(RULES, new Set([...rulesWithEvents(net), info]))
}

function release(net: NetNs, info: TargetCt): void {
  const rest = new Set(rulesWithEvents(net))
  if (rest.delete(info)) net.nf.named.set(RULES, rest)
}

function compile(info: TargetCt, slot: number): TargetFn {
  if (info.notrack) return notrack
  return (par) => {
    const { skb } = par
    if (settled(skb)) return XT_CONTINUE
    const template = par.states[slot] as Template
    skb.ctTemplate = template
    skb.ctinfo = IP_CT_NEW
    if (!template.zoneOfMark) traceSet(par, 'xt_ct_target', 'zone', 0, template.zone)
    return XT_CONTINUE
  }
}

export const ctTarget: TargetOps<TargetCt> = {
  name: 'CT',
  tables: Object.freeze(['raw'] as const),
  conntrack: (info: TargetCt) => !info.notrack,
  acquire,
  release,
  state: (net, info: TargetCt) =>
    new Template(info, rulesWithEvents(net).has(info) ? ipctMask(info.ctevents) : IPCT_UNSAID),
  compile,
}
