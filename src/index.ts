/**
 * netsim: the Linux packet path as a library. A {@link Host} is a machine; its commands are Linux's own, every packet
 * leaves a {@link Trace} that says what happened to it and why.
 *
 * @module
 */
export { Host, type HostOptions, type Running, type RunResult, type ScriptOptions, Snapshot } from './host/host.ts'
export { Netns } from './host/netns.ts'
export type { PingError, PingOptions, PingReply, PingResult } from './host/ping.ts'
export type { SendCommon, SendSpec } from './host/send_spec.ts'
export type {
  AddressOptions,
  LinkChanges,
  LinkEnd,
  LinkOptions,
  NeighbourOptions,
  NextHopOptions,
  RouteOptions,
  RuleOptions,
} from './host/specs.ts'
export type { StreamListener } from './host/stream.ts'
export type { TraceOptions } from './host/tracing.ts'
export type { NUD_BY_NAME, NudName } from './host/values.ts'
export { ArgumentError, CommandError, LimitError, type LimitName, NetsimError, RequestError } from './lib/errors.ts'
export { formatIp4, type Ip4, parseIp4 } from './lib/ip4.ts'
export { formatMac, type Mac, parseMac } from './lib/mac.ts'
export type { Limits } from './os/limits.ts'
export type { Hop, Journey, Verdict } from './trace/journey.ts'
export { traceToJson } from './trace/json.ts'
export type { Json, JsonObject } from './trace/json_value.ts'
export { renderMermaid } from './trace/mermaid.ts'
export { type PcapngDevice, type PcapngFrame, PcapngWriter } from './trace/pcapng.ts'
export { type Names, type Printers, plainPrinters } from './trace/printers.ts'
export type { Recording } from './trace/recorder.ts'
export type { TextOptions } from './trace/text.ts'
export { type Outcome, type Place, Trace } from './trace/trace.ts'
export type * from './uapi/conntrack.ts'
export type * from './uapi/drop.ts'
export type * from './uapi/ipset.ts'
export type * from './uapi/klog.ts'
export type * from './uapi/link.ts'
export type * from './uapi/neigh.ts'
export type * from './uapi/netfilter.ts'
export type * from './uapi/request.ts'
export type * from './uapi/route.ts'
export type { SOCKET_STATES, SocketInfo, SocketState } from './uapi/socket.ts'
export type { DevConf, NeighParms } from './uapi/sysctl.ts'
export type * from './uapi/trace.ts'
export type * from './uapi/xt.ts'
export type * from './uapi/xt_target.ts'
export type { Arp } from './wire/arp.ts'
export { decodeFrame, encodePacket } from './wire/codec.ts'
export type { Ethernet } from './wire/ethernet.ts'
export type { Icmp } from './wire/icmp.ts'
export type { Ipv4 } from './wire/ipv4.ts'
export type { Net, Packet, RawDrop, RawNet, Transport } from './wire/packet.ts'
export type { Tcp, TcpOptions } from './wire/tcp.ts'
export type { Udp } from './wire/udp.ts'
