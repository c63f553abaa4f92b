// What `netns.send` takes: one packet of one protocol, and how its socket is set up.
import { ArgumentError } from '../lib/errors.ts'
import type { SockAddr, SocketOptions } from '../uapi/socket.ts'
import type { Datagram } from './send.ts'
import { address, payload, port, within } from './values.ts'

/** Options that every protocol has. */
export interface SendCommon {
  readonly dst: string
  /** Source address; chosen by routing when absent. */
  readonly src?: string
  readonly ttl?: number
  readonly tos?: number
  readonly mark?: number
  /** Bind to a device (SO_BINDTODEVICE). */
  readonly dev?: string
  /** Never fragment (IP_PMTUDISC_DO). */
  readonly df?: boolean
}

/** Exactly one of the three. */
export type SendSpec =
  | {
      readonly udp: SendCommon & {
        readonly dport: number
        readonly sport?: number
        readonly data?: string | Uint8Array
      }
    }
  /** A connection attempt. */
  | { readonly tcp: SendCommon & { readonly dport: number; readonly sport?: number } }
  /** An echo request; `data` defaults to 56 bytes as ping's. */
  | { readonly icmp: SendCommon & { readonly data?: string | Uint8Array } }

/** IP_PMTUDISC_DO */
const PMTUDISC_DO = 2
const ECHO_BYTES = 56

export function sendRequest(spec: SendSpec): { readonly datagram: Datagram; readonly to: SockAddr } {
  const kinds = typeof spec === 'object' && spec !== null ? Object.keys(spec).length : 0
  if (kinds !== 1) throw new ArgumentError('send takes one of udp, tcp, icmp')
  if ('udp' in spec) {
    const { dport, sport, data, ...common } = spec.udp
    return build('udp', common, port(dport), sport === undefined ? 0 : port(sport), payload(data))
  }
  if ('tcp' in spec) {
    const { dport, sport, ...common } = spec.tcp
    return build('tcp', common, port(dport), sport === undefined ? 0 : port(sport), payload(undefined))
  }
  if ('icmp' in spec) {
    const { data, ...common } = spec.icmp
    return build('icmp', common, 0, 0, data === undefined ? new Uint8Array(ECHO_BYTES) : payload(data))
  }
  throw new ArgumentError('send takes one of udp, tcp, icmp')
}

function build(
  protocol: Datagram['protocol'],
  c: SendCommon,
  dport: number,
  sport: number,
  data: Uint8Array,
): { readonly datagram: Datagram; readonly to: SockAddr } {
  const options: SocketOptions = {
    broadcast: true,
    ...(c.ttl === undefined ? {} : { ttl: within('ttl', c.ttl, 1, 255) }),
    ...(c.tos === undefined ? {} : { tos: within('tos', c.tos, 0, 255) }),
    ...(c.mark === undefined ? {} : { mark: within('mark', c.mark, 0, 0xffffffff) }),
    ...(c.dev === undefined ? {} : { bindToDevice: c.dev }),
    ...(c.df === true ? { mtuDiscover: PMTUDISC_DO } : {}),
  }
  const source =
    c.src === undefined && sport === 0 ? null : { addr: c.src === undefined ? 0 : address(c.src), port: sport }
  return { datagram: { protocol, source, data, options }, to: { addr: address(c.dst), port: dport } }
}
