// SET: put the packet's address into a set, take it out, or take mark and priority from what the set says of it
// (set_target_v3, net/netfilter/xt_set.c). Read first: ipset/kadt.ts.
// --map-queue has no effect: devices have one queue, and the kernel leaves a queue alone that the device has not.
import { NF_INET_FORWARD, NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING } from '../../../uapi/netfilter.ts'
import type { TargetSet } from '../../../uapi/xt_target.ts'
import type { NetNs } from '../../core/netns.ts'
import { MatchOpt } from '../ipset/extensions.ts'
import { addPacket, delPacket, testPacket } from '../ipset/kadt.ts'
import { LOG_INFO, printk } from '../klog.ts'
import { traceSet } from '../set_event.ts'
import { type TargetFn, type TargetOps, XT_CONTINUE, type XtCheck, type XtPar } from '../xt.ts'

/** IPSET_MAX_TIMEOUT */
const MAX_TIMEOUT = 2147483
const MAP_HOOKS = (1 << NF_INET_FORWARD) | (1 << NF_INET_LOCAL_OUT) | (1 << NF_INET_POST_ROUTING)
const FN = 'set_target_v3'

/** One for all: filled for each packet, nobody keeps it. */
const opt = new MatchOpt()

type Dims = readonly boolean[]

function dimsOf(side: { readonly dims: readonly ('src' | 'dst')[] } | null): Dims {
  return side === null ? [] : side.dims.map((d) => d === 'src')
}

function mapPacket(par: XtPar, map: NonNullable<TargetSet['map']>, dims: Dims): void {
  const { sets } = par.net.nf
  const set = sets.get(map.set)
  opt.mark = 0
  opt.markMask = 0
  opt.prio = 0
  if (set === null || !testPacket(sets, set, par, dims, opt, false)) return
  const { skb } = par
  const { mark, priority } = skb
  if (map.mark) {
    skb.mark = ((mark & ~opt.markMask) ^ opt.mark) >>> 0
    traceSet(par, FN, 'mark', mark, skb.mark)
  }
  if (map.prio) {
    skb.priority = opt.prio
    traceSet(par, FN, 'priority', priority, skb.priority)
  }
}

function compile(t: TargetSet): TargetFn {
  const addDims = dimsOf(t.add)
  const delDims = dimsOf(t.del)
  const mapDims = dimsOf(t.map)
  const timeout = t.timeout === null ? -1 : Math.min(t.timeout, MAX_TIMEOUT)
  return (par) => {
    const { sets } = par.net.nf
    opt.ext.packets = 1
    opt.ext.bytes = par.skb.len
    opt.ext.timeout = timeout
    const add = t.add === null ? null : sets.get(t.add.set)
    if (add !== null) addPacket(sets, add, par, addDims, opt.ext, t.exist)
    const del = t.del === null ? null : sets.get(t.del.set)
    if (del !== null) delPacket(sets, del, par, delDims)
    if (t.map !== null) mapPacket(par, t.map, mapDims)
    return XT_CONTINUE
  }
}

function checkMap(check: XtCheck, map: NonNullable<TargetSet['map']>): void {
  const refuse = (text: string): never => {
    printk(check.net.kernel, LOG_INFO, text)
    return check.tx.refuse('EINVAL')
  }
  if (check.table !== 'mangle') refuse('--map-set only usable from mangle table')
  if ((map.prio || map.queue) && (check.hooks & ~MAP_HOOKS) !== 0)
    refuse('mapping of prio or/and queue is allowed only from OUTPUT/FORWARD/POSTROUTING chains')
}

function refer(net: NetNs, t: TargetSet, by: 1 | -1): void {
  for (const side of [t.add, t.del, t.map]) if (side !== null) net.nf.sets.refer(side.set, by)
}

export const setTarget: TargetOps<TargetSet> = {
  name: 'SET',
  check: (check, t) => {
    for (const side of [t.add, t.del, t.map]) {
      if (side === null) continue
      if (check.net.nf.sets.get(side.set) === null) check.tx.refuse('ENOENT')
      if (side.dims.length > 6) check.tx.refuse('ERANGE')
    }
    if (t.map !== null) checkMap(check, t.map)
  },
  acquire: (net, t) => refer(net, t, 1),
  release: (net, t) => refer(net, t, -1),
  compile,
}
