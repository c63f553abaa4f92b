// The hash that chooses among the nexthops of a route (fib_multipath_hash, net/ipv4/route.c): policy 0 addresses,
// policy 1 addresses, protocol and ports.
// The kernel's siphash key is random at boot; here a mixing hash keyed by the machine's seed stands for it.
import type { NetNs } from '../core/netns.ts'
import type { Flow } from './fib_lookup.ts'

function mix(h: number, x: number): number {
  let k = Math.imul(h ^ x, 0x85ebca6b)
  k ^= k >>> 13
  k = Math.imul(k, 0xc2b2ae35)
  return (k ^ (k >>> 16)) | 0
}

/** 0 … 2^31-1, the same for every packet of a flow. */
export function fib_multipath_hash(net: NetNs, fl: Flow): number {
  let h = mix(mix(net.kernel.multipathSeed, fl.src), fl.dst)
  if (net.cfg.sysctl['ipv4.fib_multipath_hash_policy'] === 1) h = mix(mix(h, fl.proto), (fl.sport << 16) | fl.dport)
  return h >>> 1
}
