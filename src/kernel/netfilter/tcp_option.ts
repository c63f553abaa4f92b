// Is a TCP option there? (tcp_find_option, net/netfilter/xt_tcpudp.c; kinds: RFC 9293, 7323, 2018.)
import type { TcpOptions } from '../../wire/tcp.ts'
import { encodeTcpOptions } from '../../wire/tcp_options.ts'

const KIND_MSS = 2
const KIND_WSCALE = 3
const KIND_SACK_PERMITTED = 4
const KIND_TIMESTAMPS = 8

export function hasTcpOption(o: TcpOptions | null, kind: number): boolean {
  if (o === null) return false
  switch (kind) {
    case KIND_MSS:
      return o.mss !== null
    case KIND_WSCALE:
      return o.windowScale !== null
    case KIND_SACK_PERMITTED:
      return o.sackPermitted
    case KIND_TIMESTAMPS:
      return o.timestamps !== null
    default:
      return walk(encodeTcpOptions(o), kind)
  }
}

/** The options as they are sent, with their padding: kind, length, data; kinds 0 and 1 are single bytes. */
function walk(bytes: Uint8Array, kind: number): boolean {
  for (let i = 0; i < bytes.length; ) {
    const k = bytes[i]!
    if (k === kind) return true
    i += k < 2 ? 1 : Math.max(1, bytes[i + 1] ?? 1)
  }
  return false
}
