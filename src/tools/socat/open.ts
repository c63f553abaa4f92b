// Opening socat's addresses: files and children at once, sockets over look-up, bind, connect or accept.
// Read first: address.ts, state.ts. Answers an End, 'pending', or the text of what failed.
import { type Errno, strerror } from '../../lib/errno.ts'
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import { unreachable } from '../../lib/never.ts'
import type { OpenMode, Sys } from '../../uapi/program.ts'
import type { SocketOptions } from '../../uapi/socket.ts'
import { servicePort } from '../lib/netdb.ts'
import { GAI, lookupHost } from '../lib/resolve.ts'
import { isErrno, openSocket, owner } from '../lib/sock.ts'
import { type Address, commandWords } from './address.ts'
import { dateTime } from './options.ts'
import { CONNECT, type End, LOOKUP, type Opening, TIMERS } from './state.ts'

/** What an attempt to open gives: an end, the need to wait, or the text of an error. */
export type Opened = End | 'pending' | { readonly error: string }

export function isEnd(o: Opened): o is End {
  return typeof o === 'object' && 'rfd' in o
}

function end(address: Address, part: Partial<End>): End {
  return { address, rfd: -1, wfd: -1, s: -1, pid: 0, peer: null, first: null, single: false, eof: false, ...part }
}

export function newOpening(address: Address): Opening {
  return { address, stage: 'lookup', lookup: null, target: 0, bind: 0, s: -1, fd: -1 }
}

const ERRNO_FLAGS: Readonly<Record<OpenMode, string>> = Object.freeze({
  read: '00',
  write: '01',
  append: '01',
  readwrite: '02',
})

/** What of the end is used: the direction decides how files are opened. */
export interface Use {
  readonly read: boolean
  readonly write: boolean
}

function openFile(sys: Sys, a: Address, use: Use): Opened {
  const path = a.params[0]!
  const o = a.options
  let mode: OpenMode = use.read && use.write ? 'readwrite' : use.write ? 'write' : 'read'
  if (o['rdonly'] !== undefined) mode = 'read'
  if (o['wronly'] !== undefined) mode = 'write'
  const flags = ERRNO_FLAGS[mode]
  const create =
    a.kind === 'create' || o['create'] !== undefined || (a.kind === 'gopen' && use.write && !sys.stat(path).ok)
  // GOPEN appends to what exists; OPEN without trunc would overwrite from the start, as "readwrite" does.
  if (mode === 'write' && (o['append'] !== undefined || (a.kind === 'gopen' && !create))) mode = 'append'
  else if (mode === 'write' && a.kind === 'open' && o['trunc'] === undefined) mode = 'readwrite'
  const r = sys.open(path, mode, create)
  if (!r.ok) return { error: `open("${path}", ${flags}, 0666): ${strerror(r.errno)}` }
  return end(a, { rfd: mode === 'write' || mode === 'append' ? -1 : r.value, wfd: mode === 'read' ? -1 : r.value })
}

/** EXEC and SYSTEM: a child with pipes for its input and output. */
function openChild(sys: Sys, a: Address): Opened {
  const argv = a.kind === 'exec' ? commandWords(a.params[0]!) : ['sh', '-c', a.params[0]!]
  const input = sys.pipe()
  const output = sys.pipe()
  if (!input.ok || !output.ok) return { error: `pipe(): ${strerror('EMFILE')}` }
  const [childIn, wfd] = input.value
  const [rfd, childOut] = output.value
  const stderr = a.options['stderr'] !== undefined ? childOut : 2
  const r = sys.spawn(argv, { fds: { 0: childIn, 1: childOut, 2: stderr } })
  sys.close(childIn)
  sys.close(childOut)
  if (r.ok) return end(a, { rfd, wfd, pid: r.value })
  // The original forks before it finds out: its child reports and the parent sees an end of file.
  const text = `execvp("${argv[0]}", "${argv[0]}"): ${strerror(r.errno)}`
  sys.write(2, `${dateTime(sys.wallClock())} socat[${sys.pid + 1}] E ${text}\n`)
  return end(a, { rfd, wfd })
}

export function openEnd(sys: Sys, a: Address, use: Use, opening: Opening, session: number): Opened {
  switch (a.kind) {
    case 'stdio':
      return end(a, { rfd: use.read ? 0 : -1, wfd: use.write ? 1 : -1 })
    case 'open':
    case 'create':
    case 'gopen':
      return openFile(sys, a, use)
    case 'exec':
    case 'system':
      return openChild(sys, a)
    case 'tcp':
    case 'udp':
    case 'udp-sendto':
    case 'tcp-listen':
    case 'udp-listen':
    case 'udp-recvfrom':
    case 'udp-recv':
      return startSocket(sys, opening, session)
    default:
      return unreachable(a.kind)
  }
}

function isUdp(a: Address): boolean {
  return a.kind.startsWith('udp')
}

function connects(a: Address): boolean {
  return a.kind === 'tcp' || a.kind === 'udp' || a.kind === 'udp-sendto'
}

/** A port by number or name; null when it is neither. */
function port(a: Address, text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text) & 0xffff
  return servicePort(text, isUdp(a) ? 'udp' : 'tcp')
}

function remotePort(a: Address): number | null {
  return port(a, connects(a) ? a.params[1]! : a.params[0]!)
}

function startSocket(sys: Sys, o: Opening, session: number): Opened {
  const a = o.address
  if (remotePort(a) === null) {
    const host = connects(a) ? a.params[0]! : ''
    const text = connects(a) ? a.params[1]! : a.params[0]!
    const type = isUdp(a) ? 2 : 1
    return { error: `getaddrinfo"${host}", "${text}", {1,2,${type},0}, {}): ${GAI.EAI_SERVICE}` }
  }
  if (!connects(a)) return afterTarget(sys, o, session)
  o.stage = 'lookup'
  o.lookup = lookupHost(sys, a.params[0]!, { timer: session * TIMERS + LOOKUP, both: anyFamily(a) })
  return afterLookup(sys, o, session)
}

/** TCP and UDP take what the name has; TCP4 and UDP4 ask for IPv4 only. */
function anyFamily(a: Address): boolean {
  return !a.name.includes('4')
}

/** The look-up of the target, or of bind=, may be over. */
export function afterLookup(sys: Sys, o: Opening, session: number): Opened {
  const r = o.lookup?.result ?? null
  if (r === null) return 'pending'
  o.lookup = null
  const a = o.address
  if (!r.ok) {
    const host = o.stage === 'bind' ? bindHost(a) : a.params[0]!
    const family = o.stage === 'lookup' && anyFamily(a) ? 0 : 2
    const protocol = isUdp(a) ? '2,17' : '1,6'
    return { error: `getaddrinfo("${host}", "NULL", {1,${family},${protocol}}, {}): ${GAI[r.error]}` }
  }
  if (o.stage === 'bind') {
    o.bind = r.addresses[0]!
    return makeSocket(sys, o, session)
  }
  o.target = r.addresses[0]!
  return afterTarget(sys, o, session)
}

function bindHost(a: Address): string {
  return (a.options['bind'] ?? '').replace(/:\d*$/, '')
}

function afterTarget(sys: Sys, o: Opening, session: number): Opened {
  const host = bindHost(o.address)
  if (host === '') return makeSocket(sys, o, session)
  o.stage = 'bind'
  o.lookup = lookupHost(sys, host, { timer: session * TIMERS + LOOKUP, both: false })
  return afterLookup(sys, o, session)
}

function socketOptions(a: Address): SocketOptions {
  const o = a.options
  const set: { -readonly [K in keyof SocketOptions]: SocketOptions[K] } = {}
  if (o['reuseaddr'] !== undefined && o['reuseaddr'] !== '0') set.reuseAddr = true
  if (a.kind === 'udp-listen' && o['fork'] !== undefined) set.reuseAddr = true
  if (o['reuseport'] !== undefined && o['reuseport'] !== '0') set.reusePort = true
  if (o['broadcast'] !== undefined) set.broadcast = true
  if (o['keepalive'] !== undefined) set.keepAlive = true
  if (o['nodelay'] !== undefined) set.noDelay = true
  if (o['ttl'] !== undefined) set.ttl = Number(o['ttl'])
  if (o['tos'] !== undefined) set.tos = Number(o['tos'])
  if (o['mark'] !== undefined) set.mark = Number(o['mark'])
  if (o['bindtodevice'] !== undefined) set.bindToDevice = o['bindtodevice']
  return set
}

function makeSocket(sys: Sys, o: Opening, session: number): Opened {
  const a = o.address
  const type = isUdp(a) ? 'udp' : 'tcp'
  const sock = openSocket(sys, type, 0, 'socat')
  if (isErrno(sock))
    return { error: `socket(2, ${type === 'udp' ? 2 : 1}, ${type === 'udp' ? 17 : 6}): ${strerror(sock)}` }
  o.s = sock.s
  o.fd = sock.fd
  const set = sys.sockets.setOptions(o.s, socketOptions(a))
  if (!set.ok) {
    const device = a.options['bindtodevice']
    const what =
      device === undefined ? 'setsockopt(5, 1, 2, 0x7ffd, 4)' : `setsockopt(5, 1, 25, "${device}", ${device.length})`
    return { error: `${what}: ${strerror(set.errno)}` }
  }
  const wanted = connects(a) ? bindPort(a) : remotePort(a)!
  if (!connects(a) || a.options['bind'] !== undefined || a.options['sourceport'] !== undefined) {
    const r = sys.sockets.bind(o.s, { addr: o.bind, port: wanted })
    if (!r.ok) return { error: `bind(5, {AF=2 ${formatIp4(o.bind)}:${wanted}}, 16): ${strerror(r.errno)}` }
  }
  return connects(a) ? connect(sys, o, session) : listen(sys, o)
}

function bindPort(a: Address): number {
  const inBind = /:(\d+)$/.exec(a.options['bind'] ?? '')?.[1]
  return Number(a.options['sourceport'] ?? inBind ?? 0) & 0xffff
}

function connect(sys: Sys, o: Opening, session: number): Opened {
  const a = o.address
  const to = { addr: o.target, port: remotePort(a)! }
  if (a.kind === 'udp-sendto') return end(a, { rfd: o.fd, wfd: o.fd, s: o.s, peer: to })
  const r = sys.sockets.connect(o.s, to)
  if (r.ok) return end(a, { rfd: o.fd, wfd: o.fd, s: o.s })
  if (r.errno !== 'EINPROGRESS') return { error: connectError(o.target, to.port, r.errno) }
  o.stage = 'connect'
  sys.watch(o.fd, false, true)
  const timeout = Number(a.options['connect-timeout'] ?? 0)
  if (timeout > 0) sys.setTimer(session * TIMERS + CONNECT, sys.now() + Math.round(timeout * 1_000_000_000))
  return 'pending'
}

function connectError(addr: Ip4, toPort: number, errno: Errno): string {
  return `connect(5, AF=2 ${formatIp4(addr)}:${toPort}, 16): ${strerror(errno)}`
}

/** The connection is there or failed. */
export function afterConnect(sys: Sys, o: Opening, session: number): Opened {
  sys.clearTimer(session * TIMERS + CONNECT)
  sys.unwatch(o.fd)
  const error = sys.sockets.takeError(o.s)
  if (error !== null) return { error: connectError(o.target, remotePort(o.address)!, error) }
  return end(o.address, { rfd: o.fd, wfd: o.fd, s: o.s })
}

export function connectTimedOut(o: Opening): Opened {
  return { error: `connecting to AF=2 ${formatIp4(o.target)}:${remotePort(o.address)}: ${strerror('ETIMEDOUT')}` }
}

function listen(sys: Sys, o: Opening): Opened {
  const a = o.address
  if (a.kind === 'udp-recv') return end(a, { rfd: o.fd, wfd: -1, s: o.s })
  if (a.kind === 'tcp-listen') {
    const backlog = Number(a.options['backlog'] ?? 5)
    const r = sys.sockets.listen(o.s, backlog)
    if (!r.ok) return { error: `listen(5, ${backlog}): ${strerror(r.errno)}` }
  }
  o.stage = 'accept'
  sys.watch(o.fd, true, false)
  return 'pending'
}

/** Somebody came: the end of that connection; 'pending' when it was nothing. `keep`: the listener stays open. */
export function accept(sys: Sys, o: Opening, keep: boolean): Opened {
  const a = o.address
  if (a.kind === 'tcp-listen') {
    const r = sys.sockets.accept(o.s, owner(sys, 'socat'))
    if (!r.ok) return r.errno === 'EAGAIN' ? 'pending' : { error: `accept(5, {…}, 16): ${strerror(r.errno)}` }
    const fd = sys.socketFd(r.value.socket)
    if (!keep) {
      sys.unwatch(o.fd)
      sys.close(o.fd)
    }
    return end(a, { rfd: fd, wfd: fd, s: r.value.socket })
  }
  const r = sys.sockets.recv(o.s)
  if (!r.ok) return 'pending'
  const { data, from } = r.value
  if (a.kind === 'udp-recvfrom') return end(a, { rfd: o.fd, wfd: o.fd, s: o.s, peer: from, first: data, single: true })
  const c = sys.sockets.connect(o.s, from)
  if (!c.ok) return { error: connectError(from.addr, from.port, c.errno) }
  sys.unwatch(o.fd)
  return end(a, { rfd: o.fd, wfd: o.fd, s: o.s, first: data })
}
