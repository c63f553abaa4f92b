/**
 * netsim: the Linux packet path as a library. A {@link Host} is a machine; its commands are Linux's own, every packet
 * leaves a {@link Trace} that says what happened to it and why.
 *
 * @module
 */
export { Host, type HostOptions, type Running, type RunResult, Snapshot } from './host/host.ts'
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
export type { NudName } from './host/values.ts'
export { ArgumentError, CommandError, LimitError, type LimitName, NetsimError, RequestError } from './lib/errors.ts'
export { formatIp4, type Ip4, parseIp4 } from './lib/ip4.ts'
export { formatMac, type Mac, parseMac } from './lib/mac.ts'
export type { Limits } from './os/limits.ts'
export { Trace } from './trace/trace.ts'
export type * from './uapi/drop.ts'
export type * from './uapi/link.ts'
export type * from './uapi/neigh.ts'
export type * from './uapi/request.ts'
export type * from './uapi/route.ts'
export type * from './uapi/trace.ts'
export { decodeFrame, encodePacket } from './wire/codec.ts'
export type { Packet } from './wire/packet.ts'
