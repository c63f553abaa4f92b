// Policy routing of a lookup: which rule matches, what it does (fib_rules_lookup in net/core/fib_rules.c, fib4_rule_match
// and fib4_rule_action in net/ipv4/fib_rules.c). Read first: uapi/route.ts, fib_lookup.ts.
import type { Errno } from '../../lib/errno.ts'
import { inPrefix } from '../../lib/ip4.ts'
import { unreachable } from '../../lib/never.ts'
import type { Rule } from '../../uapi/route.ts'
import type { NetNs } from '../core/netns.ts'
import type { FibCache } from './fib_cache.ts'
import { type FibResult, type Flow, routeErrno } from './fib_lookup.ts'
import { FIB_FAIL, FIB_FOUND, fib_table_lookup } from './fib_trie.ts'

/** A rule that names a device matches only while a device of that name exists ("detached" otherwise). */
function deviceMatches(net: NetNs, name: string | null, ifindex: number): boolean {
  return name === null || net.byName.get(name)?.ifindex === ifindex
}

function inRange(range: readonly [number, number] | null, x: number): boolean {
  return range === null || (x >= range[0] && x <= range[1])
}

/** fib_rule_match: `not` inverts the whole of it, devices included. */
function fib_rule_match(net: NetNs, r: Rule, fl: Flow): boolean {
  const matched =
    deviceMatches(net, r.iif, fl.iif) &&
    deviceMatches(net, r.oif, fl.oif) &&
    ((r.mark ^ fl.mark) & r.markMask) === 0 &&
    inRange(r.uidrange, fl.uid) &&
    inPrefix(fl.src, r.src, r.srcLen) &&
    inPrefix(fl.dst, r.dst, r.dstLen) &&
    (r.tos === 0 || r.tos === fl.tos) &&
    (r.ipproto === 0 || r.ipproto === fl.proto) &&
    inRange(r.sport, fl.sport) &&
    inRange(r.dport, fl.dport)
  return matched !== r.invert
}

/** fib4_rule_suppress: an answer too short, or by a device of the group, counts as none. */
function suppressed(net: NetNs, r: Rule, res: FibResult): boolean {
  if (res.prefixlen <= r.suppressPrefixlength) return true
  if (r.suppressIfgroup === -1 || res.nexthop === null) return false
  return net.device(res.nexthop.nh.oif)?.link.group === r.suppressIfgroup
}

/** __fib_lookup: the rules in order until one answers. */
export function fib_rules_lookup(net: NetNs, c: FibCache, fl: Flow, res: FibResult, flags: number): Errno | null {
  const rules = c.rules
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]!
    if (!fib_rule_match(net, rule, fl)) continue
    if (rule.action === 'goto') {
      // The target is matched in its turn. Targets lie further down, so this ends; an absent one is passed over.
      if (c.targets[i]! >= 0) i = c.targets[i]! - 1
      continue
    }
    const answer = fib4_rule_action(net, c, rule, fl, res, flags)
    if (answer === 'EAGAIN') continue
    if (answer === null && suppressed(net, rule, res)) continue
    res.rule = rule
    return answer
  }
  res.route = null
  res.nexthop = null
  res.rule = null
  return 'ENETUNREACH'
}

/** What a rule that matched does; EAGAIN goes on to the next. */
function fib4_rule_action(net: NetNs, c: FibCache, rule: Rule, fl: Flow, res: FibResult, flags: number): Errno | null {
  switch (rule.action) {
    case 'lookup': {
      const end = fib_table_lookup(net, c.table(rule.table), fl, res, flags)
      if (end === FIB_FOUND) return null
      return end === FIB_FAIL ? routeErrno(res.route!) : 'EAGAIN'
    }
    case 'goto':
    case 'nop':
      return 'EAGAIN'
    case 'unreachable':
      return refused(res, 'ENETUNREACH')
    case 'prohibit':
      return refused(res, 'EACCES')
    case 'blackhole':
      return refused(res, 'EINVAL')
    default:
      return unreachable(rule.action)
  }
}

function refused(res: FibResult, errno: Errno): Errno {
  res.route = null
  res.nexthop = null
  return errno
}
