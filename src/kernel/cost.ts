// What a request costs the machine's limit of steps beyond its fixed price: what is made for good, and how much of the
// configuration has to be looked at or copied. A step is about a microsecond of the host's time. Read first: docs/limits.md.
import type { NetnsConfig } from '../uapi/config.ts'
import type { Op } from '../uapi/request.ts'
import type { NetNs } from './core/netns.ts'

/** Things that stay: their memory counts too. */
const NEW_LINK = 100
const NEW_NETNS = 300
const NEW_SET = 300
const NEW_ENTRY = 30
/** Of each entry of an answer that is a list: somebody will print it. */
const LISTED = 8

function routeCount(tables: NetnsConfig['tables']): number {
  let n = 0
  for (const id of Object.keys(tables)) n += tables[id]!.length
  return n
}

/** Chains weigh more than rules: each is looked up by name. */
function ruleWork({ iptables }: NetnsConfig): number {
  let n = 0
  for (const { chains } of iptables ?? []) {
    n += chains.length << 2
    for (const { rules } of chains) n += rules.length
  }
  return n
}

export function requestCost(net: NetNs, op: Op): number {
  const { cfg } = net
  switch (op) {
    case 'link.add':
      return NEW_LINK
    case 'netns.add':
      return NEW_NETNS
    case 'set.create':
      return NEW_SET
    case 'set.add':
    case 'neigh.new':
      return NEW_ENTRY
    case 'addr.new':
    case 'addr.del':
      return NEW_ENTRY + (routeCount(cfg.tables) >> 1)
    case 'link.set':
    case 'link.del':
      return routeCount(cfg.tables) >> 5
    case 'route.new':
    case 'route.del':
      return NEW_ENTRY + (routeCount(cfg.tables) >> 6) + (Object.keys(cfg.tables).length >> 1)
    case 'rule.add':
    case 'rule.del':
      return NEW_ENTRY + (cfg.rules.length >> 5)
    case 'ipt.get':
    case 'ipt.replace':
      return NEW_ENTRY + (ruleWork(cfg) >> 2)
    default:
      return 0
  }
}

export function answerCost(value: unknown): number {
  return Array.isArray(value) ? value.length * LISTED : 0
}
