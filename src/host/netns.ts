// A network namespace as users hold it: commands in it, packets from it, and its configuration by typed methods. Each
// method builds the same request that the command of the same meaning builds.
// Read first: host.ts, uapi/request.ts.

import { strerror } from '../lib/errno.ts'
import { ArgumentError, RequestError } from '../lib/errors.ts'
import type { Trace } from '../trace/trace.ts'
import { IFF_UP } from '../uapi/link.ts'
import type { NeighEntry } from '../uapi/neigh.ts'
import type {
  AddrInfo,
  LinkInfo,
  NetnsId,
  Op,
  Operations,
  Result,
  RouteGetReply,
  RuleInfo,
  RuleSpec,
} from '../uapi/request.ts'
import type { Route } from '../uapi/route.ts'
import type { SocketInfo } from '../uapi/socket.ts'
import { decodeFrame } from '../wire/codec.ts'
import type { Packet } from '../wire/packet.ts'
import type { Host, Running, RunResult, ScriptOptions } from './host.ts'
import { checkedPacket, inject } from './inject.ts'
import { isOperation } from './operations.ts'
import { type PingOptions, type PingResult, pingCommand, readPing } from './ping.ts'
import { sendDatagram } from './send.ts'
import { type SendSpec, sendRequest } from './send_spec.ts'
import * as spec from './specs.ts'
import { address, tableId } from './values.ts'

export class Netns {
  readonly host: Host
  /** Null for the machine's initial namespace. */
  readonly name: string | null

  /** @internal Use host.netns(name) or host.root. */
  constructor(host: Host, name: string | null) {
    this.host = host
    this.name = name
  }

  /** The kernel's id of the namespace. Throws ArgumentError when it is gone. */
  get id(): NetnsId {
    return this.host.netnsId(this.name)
  }

  /** One command line in this namespace; throws CommandError when its exit code is not 0. */
  exec(line: string): RunResult {
    return this.host.execIn(this.id, line)
  }

  /** A whole script in this namespace. */
  sh(script: string, options: ScriptOptions = {}): RunResult {
    return this.host.shIn(this.id, script, options)
  }

  /** Start a program here that goes on by itself. */
  start(line: string): Running {
    return this.host.startIn(this.id, line)
  }

  // --- packets ---------------------------------------------------------------------------------------------------

  /** Run ping (iputils) to its end. Never throws for loss; a refusal is in `error`. */
  ping(dst: string, options: PingOptions = {}): PingResult {
    const stop = this.host.trace()
    const run = this.host.spawnIn(this.id, pingCommand(dst, options), true)
    return readPing(run, stop())
  }

  /** Send one packet and follow it to the end. What the kernel refuses at once is in the trace as an error event. */
  send(what: SendSpec): Trace {
    const { datagram, to } = sendRequest(what)
    const netns = this.id
    const stop = this.host.trace()
    this.host.perform({ kind: 'send', netns, datagram, to }, () => sendDatagram(this.host.current, netns, datagram, to))
    return stop()
  }

  /** A frame, as bytes or headers, arrives at a device out of nowhere; followed to the end. */
  inject(dev: string, frame: Uint8Array | Packet): Trace {
    const netns = this.id
    const ifindex = this.link(dev).link.ifindex
    const packet = frame instanceof Uint8Array ? decodeFrame(frame) : checkedPacket(frame)
    const stop = this.host.trace()
    this.host.perform({ kind: 'inject', netns, ifindex, frame: packet }, () =>
      inject(this.host.current, netns, ifindex, packet),
    )
    return stop()
  }

  // --- configuration ---------------------------------------------------------------------------------------------

  /** Any request of the kernel's contract. Throws RequestError when it is refused. */
  request<K extends Op>(op: K, req: Operations[K]['req']): Operations[K]['reply'] {
    if (!isOperation(op)) throw new ArgumentError(`there is no request "${op}"`)
    if (typeof req !== 'object' || req === null) throw new ArgumentError(`${op} takes an object`)
    const r = this.askChecked(op, req)
    if (r.ok) return r.value
    throw new RequestError(op, r.errno, r.extack ?? strerror(r.errno))
  }

  /** Fields of a type that the contract does not have (past the compiler) make a handler stumble before anything is committed. */
  private askChecked<K extends Op>(op: K, req: Operations[K]['req']): Result<Operations[K]['reply']> {
    const netns = this.id
    try {
      return this.host.ask(netns, op, req)
    } catch (e) {
      if (e instanceof TypeError || e instanceof RangeError)
        throw new ArgumentError(`${op}: malformed request (${e.message})`)
      throw e
    }
  }

  links(): readonly LinkInfo[] {
    return this.request('link.list', {})
  }
  /** Throws RequestError ENODEV when there is none. */
  link(dev: string): LinkInfo {
    return this.request('link.get', { dev })
  }
  addLink(link: spec.LinkOptions): void {
    this.request('link.add', spec.linkAdd(this.host, link))
  }
  setLink(dev: string, changes: spec.LinkChanges): void {
    this.request('link.set', spec.linkSet(this.host, dev, changes))
  }
  up(dev: string): void {
    this.request('link.set', { dev, flags: { flags: IFF_UP, mask: IFF_UP } })
  }
  down(dev: string): void {
    this.request('link.set', { dev, flags: { flags: 0, mask: IFF_UP } })
  }
  deleteLink(dev: string): void {
    this.request('link.del', { dev })
  }

  addresses(): readonly AddrInfo[] {
    return this.request('addr.list', {})
  }
  /** `ip addr add PREFIX dev DEV`: broadcast and scope are chosen as the command does. */
  addAddress(dev: string, cidr: string, options: spec.AddressOptions = {}): void {
    this.request('addr.new', { mode: 'add', addr: spec.addr(dev, cidr, options) })
  }
  deleteAddress(dev: string, cidr: string): void {
    this.request('addr.del', { addr: spec.addr(dev, cidr, {}), match: { address: true, label: false } })
  }

  /** Routes of one table (default main). */
  routes(table: number | string = 'main'): readonly Route[] {
    return this.request('route.list', { table: tableId(table) })
  }
  addRoute(route: spec.RouteOptions): void {
    this.request('route.new', { mode: 'add', route: spec.route(route) })
  }
  replaceRoute(route: spec.RouteOptions): void {
    this.request('route.new', { mode: 'replace', route: spec.route(route) })
  }
  deleteRoute(route: spec.RouteOptions): void {
    this.request('route.del', { route: spec.routeKey(route) })
  }
  /** `ip route get`: where would a packet go? Throws RequestError where the kernel answers with an error. */
  routeTo(
    dst: string,
    options: { readonly from?: string; readonly iif?: string; readonly oif?: string; readonly mark?: number } = {},
  ): RouteGetReply {
    const { from, ...rest } = options
    return this.request('route.get', {
      dst: address(dst),
      ...(from === undefined ? {} : { src: address(from) }),
      ...rest,
    })
  }

  rules(): readonly RuleInfo[] {
    return this.request('rule.list', {})
  }
  addRule(rule: spec.RuleOptions): void {
    this.request('rule.add', spec.rule(rule))
  }
  deleteRule(rule: spec.RuleOptions): void {
    this.request('rule.del', spec.rule(rule) as RuleSpec)
  }

  neighbours(): readonly NeighEntry[] {
    return this.request('neigh.list', { proxy: false })
  }
  addNeighbour(dev: string, dst: string, options: spec.NeighbourOptions = {}): void {
    this.request('neigh.new', {
      mode: options.replace === true ? 'replace' : 'add',
      neigh: spec.neigh(dev, dst, options),
    })
  }
  deleteNeighbour(dev: string, dst: string): void {
    this.request('neigh.del', { neigh: { dev, dst: address(dst) } })
  }

  sockets(): readonly SocketInfo[] {
    return this.request('socket.list', {})
  }

  /** A sysctl by its dotted or slashed name: net.ipv4.ip_forward. */
  sysctl(name: string): string {
    return this.request('sysctl.get', { path: sysctlPath(name) }).value
  }
  setSysctl(name: string, value: string | number): void {
    this.request('sysctl.set', { path: sysctlPath(name), value: String(value) })
  }
}

/** net.ipv4.conf.eth0.rp_filter → ipv4/conf/eth0/rp_filter; with slashes dots are kept (sysctl(8)). */
function sysctlPath(name: string): string {
  const first = /[./]/.exec(name)?.[0]
  const slashed = first === '/' ? name : name.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'))
  if (!slashed.startsWith('net/')) throw new ArgumentError(`only net.* sysctls exist here: "${name}"`)
  return slashed.slice(4)
}
