// The table of request handlers: one line per operation, a mapped type over uapi's Operations.
import type { Op, Operations } from '../uapi/request.ts'
import { neighHandlers } from './core/neigh_requests.ts'
import { netnsHandlers } from './core/net_namespace.ts'
import type { NetNs } from './core/netns.ts'
import { sysctlHandlers } from './core/sysctl.ts'
import type { Transaction } from './core/transaction.ts'
import { addrHandlers } from './ipv4/devinet.ts'
import { routeHandlers } from './ipv4/fib_frontend.ts'
import { ruleHandlers } from './ipv4/fib_rules.ts'
import { ctHandlers } from './netfilter/conntrack/netlink.ts'
import { setHandlers } from './netfilter/ipset/netlink.ts'
import { klogHandlers } from './netfilter/klog.ts'
import { hashlimitHandlers } from './netfilter/match/hashlimit_table.ts'
import { recentHandlers } from './netfilter/match/recent_table.ts'
import { iptHandlers } from './netfilter/replace.ts'
import { linkHandlers } from './rtnetlink/link.ts'
import { socketHandlers } from './socket/diag.ts'

/** A handler edits drafts through the transaction, refuses with tx.refuse, and returns the answer. */
export type Handler<K extends Op> = (tx: Transaction, net: NetNs, req: Operations[K]['req']) => Operations[K]['reply']
export type Handlers<K extends Op> = { readonly [P in K]: Handler<P> }

export const handlers: Handlers<Op> = Object.freeze({
  ...linkHandlers,
  ...addrHandlers,
  ...routeHandlers,
  ...ruleHandlers,
  ...neighHandlers,
  ...sysctlHandlers,
  ...netnsHandlers,
  ...socketHandlers,
  ...iptHandlers,
  ...ctHandlers,
  ...setHandlers,
  ...klogHandlers,
  ...recentHandlers,
  ...hashlimitHandlers,
})
