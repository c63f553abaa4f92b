// The order of several addresses of one name: RFC 6724's rules 1, 2, 8 and 9 as glibc's getaddrinfo applies them to IPv4.
// Read first: resolve.ts. Leaves out gai.conf (labels and precedences are the same for all IPv4).
import type { Ip4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'
import { isErrno, openSocket } from './sock.ts'

const SCOPE_LINK = 2
const SCOPE_GLOBAL = 14

interface Candidate {
  readonly addr: Ip4
  /** Where the kernel would send from; null when there is no way. */
  readonly source: Ip4 | null
  readonly prefix: number
}

function scope(addr: Ip4): number {
  const top = addr >>> 24
  return top === 127 || addr >>> 16 === 0xa9fe ? SCOPE_LINK : SCOPE_GLOBAL
}

/** connect(2) of a UDP socket tells the source address. */
function sourceFor(sys: Sys, addr: Ip4): Ip4 | null {
  const sock = openSocket(sys, 'udp', 0, 'resolver')
  if (isErrno(sock)) return null
  const connected = sys.sockets.connect(sock.s, { addr, port: 0xffff })
  const source = connected.ok ? sys.sockets.getsockname(sock.s).addr : null
  sys.close(sock.fd)
  return source
}

function candidate(sys: Sys, addr: Ip4): Candidate {
  const source = sourceFor(sys, addr)
  const addrs = source === null ? null : sys.netlink.request(sys.netns, 'addr.list', {})
  const own = addrs?.ok === true ? addrs.value.find((a) => a.addr.local === source) : undefined
  return { addr, source, prefix: own?.addr.prefixlen ?? 32 }
}

/** Leading bits in common with the source, when both are of one subnet; otherwise they mean nothing. */
function commonBits(c: Candidate): number {
  const differing = c.addr ^ (c.source ?? 0)
  const mask = c.prefix === 0 ? 0 : -1 << (32 - c.prefix)
  return (differing & mask) === 0 ? Math.clz32(differing) : 0
}

function compare(a: Candidate, b: Candidate): number {
  if ((a.source === null) !== (b.source === null)) return a.source === null ? 1 : -1
  if (a.source === null || b.source === null) return 0
  const matches = [a, b].map((c) => scope(c.addr) === scope(c.source!))
  if (matches[0] !== matches[1]) return matches[0] ? -1 : 1
  if (scope(a.addr) !== scope(b.addr)) return scope(a.addr) - scope(b.addr)
  return commonBits(b) - commonBits(a)
}

export function sortAddresses(sys: Sys, addresses: readonly Ip4[]): readonly Ip4[] {
  if (addresses.length < 2) return addresses
  return addresses
    .map((a) => candidate(sys, a))
    .sort(compare)
    .map((c) => c.addr)
}
