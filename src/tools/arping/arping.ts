// arping(8) of iputils 20221126 as a machine over an AF_PACKET socket.
// Read first: uapi/socket.ts (packet sockets), wire/arp.ts. Its rtt has the original's half millisecond too much.
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import { formatMac, type Mac } from '../../lib/mac.ts'
import { IFF_LOOPBACK, IFF_NOARP, IFF_UP } from '../../uapi/link.ts'
import { fail, type Machine, type ProgramEvent, type Sys } from '../../uapi/program.ts'
import type { Received } from '../../uapi/socket.ts'
import { ARPOP_REPLY, ARPOP_REQUEST, arp } from '../../wire/arp.ts'
import { ETH_P_ARP, ethernet } from '../../wire/ethernet.ts'
import { NO_BYTES } from '../lib/bytes.ts'
import { getopt } from '../lib/getopt.ts'
import { inetAton } from '../lib/netdb.ts'
import { checkedNumber, INT_MAX } from '../lib/number.ts'
import { GAI, type Lookup, lookupHost, stepLookup, wantsEvent } from '../lib/resolve.ts'
import { isErrno, openSocket, perror } from '../lib/sock.ts'

const SECOND = 1_000_000_000
const INTERVAL = 1
const DEADLINE = 2
const LOOKUP = 3

export interface ArpingState {
  broadcastOnly: boolean
  dad: boolean
  unsolicited: boolean
  advert: boolean
  quiet: boolean
  quitOnReply: boolean
  count: number
  timeout: number
  interval: number
  device: string
  source: string | null
  target: string
  lookup: Lookup | null
  s: number
  fd: number
  ifindex: number
  dst: Ip4
  src: Ip4
  mac: Mac
  broadcast: Mac
  to: Mac
  unicasting: boolean
  expires: number
  last: number
  sent: number
  broadcasts: number
  received: number
  receivedBroadcasts: number
  requests: number
}

const USAGE = `
Usage:
  arping [options] <destination>

Options:
  -f            quit on first reply
  -q            be quiet
  -b            keep on broadcasting, do not unicast
  -D            duplicate address detection mode
  -U            unsolicited ARP mode, update your neighbours
  -A            ARP answer mode, update your neighbours
  -V            print version and exit
  -c <count>    how many packets to send
  -w <timeout>  how long to wait for a reply
  -i <interval> set interval between packets (default: 1 second)
  -I <device>   which ethernet device to use
  -s <source>   source ip address
  <destination> dns name or ip address

For more details see arping(8).
`

const VERSION = `arping from iputils 20221126
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes
`

function initial(): ArpingState {
  return {
    broadcastOnly: false,
    dad: false,
    unsolicited: false,
    advert: false,
    quiet: false,
    quitOnReply: false,
    count: -1,
    timeout: 0,
    interval: 1,
    device: '',
    source: null,
    target: '',
    lookup: null,
    s: -1,
    fd: -1,
    ifindex: 0,
    dst: 0,
    src: 0,
    mac: 0,
    broadcast: 0,
    to: 0,
    unicasting: false,
    expires: 1,
    last: 0,
    sent: 0,
    broadcasts: 0,
    received: 0,
    receivedBroadcasts: 0,
    requests: 0,
  }
}

/** Options of one letter without a value. */
function flag(st: ArpingState, opt: string): void {
  if (opt === 'b') st.broadcastOnly = true
  else if (opt === 'D') st.dad = st.quitOnReply = true
  else if (opt === 'U') st.unsolicited = true
  else if (opt === 'A') st.advert = st.unsolicited = true
  else if (opt === 'q') st.quiet = true
  else if (opt === 'f') st.quitOnReply = true
}

function start(sys: Sys, argv: readonly string[]): ArpingState | number {
  const st = initial()
  const { items, rest } = getopt(['arping', ...argv.slice(1)], 'h?bfDUAqc:w:i:s:I:V')
  for (const { opt, arg, error } of items) {
    if (error !== null) return fail(sys, error + USAGE, 2)
    if (opt === 'h' || opt === '?') return fail(sys, USAGE, 2)
    if (opt === 'V') {
      sys.write(1, VERSION)
      return 0
    }
    if (opt === 'I') st.device = arg ?? ''
    else if (opt === 's') st.source = arg
    else if (opt === 'c' || opt === 'w' || opt === 'i') {
      const n = checkedNumber(arg ?? '', opt === 'c' ? 1 : 0, INT_MAX)
      if (typeof n === 'string') return fail(sys, `arping: ${n}\n`, 1)
      if (opt === 'c') st.count = n
      else if (opt === 'w') st.timeout = n
      else st.interval = n
    } else flag(st, opt)
  }
  if (rest.length !== 1) return fail(sys, USAGE, 2)
  st.target = rest[0]!
  const sock = openSocket(sys, 'packet', 0, 'arping')
  if (isErrno(sock)) return fail(sys, perror('arping', 'socket', sock), 2)
  st.s = sock.s
  st.fd = sock.fd
  return st
}

/** The device of -I, or the one a route to the target leaves by. Null: fine. */
function chooseDevice(sys: Sys, st: ArpingState): number | null {
  if (st.device === '') {
    const r = sys.netlink.request(sys.netns, 'route.get', { dst: st.dst })
    const oif = r.ok ? (r.value.route.nexthops[0]?.oif ?? 0) : 0
    const link = sys.netlink.request(sys.netns, 'link.get', { dev: oif })
    if (!r.ok || !link.ok) return fail(sys, 'arping: NETLINK_ROUTE unexpected iov element\n', 1)
    st.device = link.value.link.name
  }
  const r = sys.netlink.request(sys.netns, 'link.get', { dev: st.device })
  if (!r.ok) return fail(sys, `arping: Device ${st.device} not available.\n`, 2)
  const link = r.value.link
  const say = (text: string): number => {
    if (!st.quiet) sys.write(1, `Interface "${st.device}" ${text}\n`)
    return 2
  }
  if ((link.flags & IFF_UP) === 0) return say('is down')
  if ((link.flags & (IFF_NOARP | IFF_LOOPBACK)) !== 0) return say('is not ARPable')
  st.ifindex = link.ifindex
  st.mac = link.address
  st.broadcast = link.broadcast
  return null
}

/** The source address: -s, the target itself (-U, -A), or what the routing would take. */
function chooseSource(sys: Sys, st: ArpingState): number | null {
  if (st.source !== null) {
    const source = inetAton(st.source)
    if (source === null) return fail(sys, `arping: invalid source ${st.source}\n`, 2)
    st.src = source
  } else if (!st.dad && st.unsolicited) st.src = st.dst
  if (st.dad && st.source === null) return null
  const probe = openSocket(sys, 'udp', 0, 'arping')
  if (isErrno(probe)) return fail(sys, perror('arping', 'socket', probe), 2)
  sys.sockets.setOptions(probe.s, { bindToDevice: st.device })
  if (st.source !== null || st.src !== 0) {
    const r = sys.sockets.bind(probe.s, { addr: st.src, port: 0 })
    if (!r.ok) return fail(sys, perror('arping', 'bind', r.errno), 2)
  } else {
    const r = sys.sockets.connect(probe.s, { addr: st.dst, port: 1025 })
    if (!r.ok) return fail(sys, perror('arping', 'connect', r.errno), 2)
    st.src = sys.sockets.getsockname(probe.s).addr
  }
  sys.close(probe.fd)
  return null
}

/** The target is known. */
function begin(sys: Sys, st: ArpingState, dst: Ip4): void {
  st.dst = dst
  const code = chooseDevice(sys, st) ?? chooseSource(sys, st)
  if (code !== null) {
    sys.exit(code)
    return
  }
  const bound = sys.sockets.bindLl(st.s, { ifindex: st.ifindex, protocol: ETH_P_ARP })
  if (!bound.ok) {
    sys.exit(fail(sys, perror('arping', 'bind', bound.errno), 2))
    return
  }
  st.to = st.broadcast
  if (!st.quiet) sys.write(1, `ARPING ${formatIp4(st.dst)} from ${formatIp4(st.src)} ${st.device}\n`)
  if (st.source === null && st.src === 0 && !st.dad) {
    sys.exit(fail(sys, 'arping: no source address in not-DAD mode\n', 2))
    return
  }
  sys.onSignal(['INT', 'QUIT', 'TERM'])
  if (st.interval > 0) sys.setTimer(INTERVAL, sys.now() + st.interval * SECOND)
  // A probe that is due at the same moment still goes out.
  if (st.timeout > 0) sys.setTimer(DEADLINE, sys.now() + st.timeout * SECOND + 1)
  sys.watch(st.fd, true, false)
  send(sys, st)
}

function send(sys: Sys, st: ArpingState): void {
  const op = st.advert ? ARPOP_REPLY : ARPOP_REQUEST
  const frame = {
    eth: ethernet(st.to, st.mac, ETH_P_ARP),
    net: arp(op, st.mac, st.src, st.advert ? st.mac : st.to, st.dst),
    l4: null,
    data: NO_BYTES,
  }
  if (!sys.sockets.sendFrame(st.s, frame, st.ifindex).ok) return
  st.last = sys.now()
  st.sent++
  if (!st.unicasting) st.broadcasts++
}

/** True when nothing more has to be waited for. */
function take(sys: Sys, st: ArpingState, r: Received): boolean {
  const net = r.frame?.net
  if (net === undefined || net.kind !== 'arp' || r.packetType === 'outgoing' || r.packetType === 'otherhost')
    return false
  if (net.op !== ARPOP_REQUEST && net.op !== ARPOP_REPLY) return false
  if (net.sip !== st.dst) return false
  if (st.dad ? net.sha === st.mac || (st.src !== 0 && st.src !== net.tip) : net.tip !== st.src || net.tha !== st.mac) {
    return false
  }
  if (!st.quiet) {
    const kind = r.packetType === 'host' ? 'Unicast' : 'Broadcast'
    const op = net.op === ARPOP_REPLY ? 'reply' : 'request'
    const hex = (m: Mac): string => formatMac(m).toUpperCase()
    let line = `${kind} ${op} from ${formatIp4(net.sip)} [${hex(net.sha)}] `
    if (net.tip !== st.src) line += `for ${formatIp4(net.tip)} `
    if (net.tha !== st.mac) line += `${net.tip === st.src ? 'for ' : ''}[${hex(net.tha)}]`
    sys.write(1, line + (st.sent > 0 ? ` ${roundTrip(r.time - st.last)}\n` : ' UNSOLICITED?\n'))
  }
  st.received++
  if (st.timeout > 0 && st.received === st.count) return true
  if (r.packetType !== 'host') st.receivedBroadcasts++
  if (net.op === ARPOP_REQUEST) st.requests++
  if (st.quitOnReply) return true
  if (!st.broadcastOnly) {
    st.to = net.sha
    st.unicasting = true
  }
  return false
}

/** As iputils rounds it: the milliseconds to the nearest, the rest moved by 500 µs. */
function roundTrip(ns: number): string {
  const us = Math.floor((ns + 500) / 1000)
  const ms = Math.floor((us + 500) / 1000)
  return `${ms}.${String(us - (ms * 1000 - 500)).padStart(3, '0')}ms`
}

function finish(sys: Sys, st: ArpingState): void {
  if (!st.quiet) {
    let text = `Sent ${st.sent} probes (${st.broadcasts} broadcast(s))\nReceived ${st.received} response(s)`
    const parts: string[] = []
    if (st.requests > 0) parts.push(`${st.requests} request(s)`)
    if (st.receivedBroadcasts > 0) parts.push(`${st.receivedBroadcasts} broadcast(s)`)
    if (parts.length > 0) text += ` (${parts.join(', ')})`
    sys.write(1, `${text}\n`)
  }
  sys.exit(exitCode(st))
}

function exitCode(st: ArpingState): number {
  if (st.dad) return st.received > 0 || st.broadcasts === st.received ? 1 : 0
  if (st.unsolicited) return 0
  if (st.received === 0) return 1
  return st.timeout > 0 && st.count <= 0 ? 0 : Number(st.sent !== st.received)
}

function resolved(sys: Sys, st: ArpingState): void {
  const r = st.lookup?.result ?? null
  if (r === null) return
  st.lookup = null
  if (r.ok) {
    begin(sys, st, r.addresses[0]!)
    return
  }
  sys.exit(fail(sys, `arping: ${st.target}: ${GAI[r.error]}\n`, 2))
}

function step(sys: Sys, st: ArpingState, e: ProgramEvent): void {
  if (e.kind === 'start') {
    st.lookup = lookupHost(sys, st.target, { timer: LOOKUP, both: false })
    resolved(sys, st)
    return
  }
  if (st.lookup !== null) {
    if (!wantsEvent(st.lookup, e)) return
    stepLookup(sys, st.lookup, e)
    resolved(sys, st)
    return
  }
  if (e.kind === 'signal' || (e.kind === 'timer' && e.id === DEADLINE)) {
    finish(sys, st)
    return
  }
  if (e.kind === 'timer' && e.id === INTERVAL) {
    if (st.count > 0 && st.count < ++st.expires) {
      finish(sys, st)
      return
    }
    sys.setTimer(INTERVAL, sys.now() + st.interval * SECOND)
    send(sys, st)
    return
  }
  if (e.kind !== 'ready') return
  for (let r = sys.sockets.recv(st.s); r.ok; r = sys.sockets.recv(st.s))
    if (take(sys, st, r.value)) {
      finish(sys, st)
      return
    }
}

export const arping: Machine<ArpingState> = { start, step }
