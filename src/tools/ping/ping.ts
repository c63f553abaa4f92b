// ping(8) of iputils 20221126 as a machine: resolve, choose a source, then the main loop of probes and replies.
// Read first: options.ts, state.ts, then send.ts (when) and receive.ts (what came back). Leaves out IPv6 and IP options.
import { strerror } from '../../lib/errno.ts'
import { formatIp4, type Ip4, isMulticast } from '../../lib/ip4.ts'
import { fail, type Machine, type ProgramEvent, type Sys } from '../../uapi/program.ts'
import type { SocketOptions } from '../../uapi/socket.ts'
import { IPPROTO_ICMP } from '../../wire/ipv4.ts'
import { flush, openStdout, print } from '../lib/bytes.ts'
import { inetAton } from '../lib/netdb.ts'
import { notModelled } from '../lib/refuse.ts'
import { GAI, lookupAddress, lookupHost, stepLookup, wantsEvent } from '../lib/resolve.ts'
import { isErrno, openSocket, perror } from '../lib/sock.ts'
import { type PingOptions, parsePing } from './options.ts'
import { classifyReply, fillData, isOurError, takeError, takeReply } from './receive.ts'
import { finish, status } from './report.ts'
import { pinger, scheduleExit, sleepTime } from './send.ts'
import { ALARM, type Held, inFlight, LOOKUP, type PingState, WAKE } from './state.ts'

function initialState(sys: Sys, opt: PingOptions): PingState {
  return {
    opt,
    out: openStdout(sys),
    phase: 'resolve',
    lookup: null,
    held: null,
    heldName: '',
    host: opt.target,
    dst: 0,
    src: opt.source,
    s: -1,
    fd: -1,
    raw: false,
    ident: opt.ident >= 0 ? opt.ident : sys.pid & 0xffff,
    multicast: false,
    numeric: opt.numeric,
    bootMicros: Math.round((sys.wallClock() - sys.now()) / 1000),
    data: fillData(opt.size, opt.pattern),
    timing: opt.size >= 16,
    interval: opt.interval,
    transmitted: 0,
    received: 0,
    repeats: 0,
    checksum: 0,
    errors: 0,
    answered: new Set(),
    acked: 0,
    pipesize: -1,
    tmin: Number.MAX_SAFE_INTEGER,
    tmax: 0,
    tsum: 0,
    tsum2: 0,
    rtt: 0,
    rttAddend: 0,
    startTime: 0,
    curTime: -1,
    tokens: 0,
    outOfMemory: 0,
    waittime: 0,
    errorsByQueue: false,
    exiting: false,
    snapshot: false,
  }
}

function start(sys: Sys, argv: readonly string[]): PingState | number {
  const opt = parsePing(sys, argv)
  if (typeof opt === 'number') return opt
  const st = initialState(sys, opt)
  if (opt.pattern !== null && !opt.quiet) {
    const hex = opt.pattern.map((b) => b.toString(16).padStart(2, '0')).join('')
    print(sys, st.out, `PATTERN: 0x${hex}\n`)
  }
  const code = createSocket(sys, st)
  if (code !== null) return code
  if (opt.target.includes(':')) return fail(sys, notModelled('ping', 'IPv6'), 2)
  return st
}

/** A ping socket where the group may have one, else raw. */
function createSocket(sys: Sys, st: PingState): number | null {
  const dgram = st.opt.ident === 0 ? 'EACCES' : openSocket(sys, 'ping', 0, 'ping')
  let sock = dgram
  if (isErrno(dgram) && (dgram === 'EACCES' || dgram === 'EPROTONOSUPPORT' || dgram === 'EAFNOSUPPORT')) {
    st.raw = true
    sock = openSocket(sys, 'raw', IPPROTO_ICMP, 'ping')
  }
  if (isErrno(sock)) {
    const hint = sys.uid === 0 ? '' : 'ping: => missing cap_net_raw+p capability or setuid?\n'
    const type = st.raw ? 'SOCK_RAW' : 'SOCK_DGRAM'
    return fail(sys, `ping: socktype: ${type}\n${perror('ping', 'socket', sock)}${hint}`, 2)
  }
  st.s = sock.s
  st.fd = sock.fd
  if (st.opt.verbose) {
    if (st.opt.ident === 0) sys.write(2, 'ping: WARNING: ident 0 => forcing raw socket\n')
    const type = st.raw ? 'SOCK_RAW' : 'SOCK_DGRAM'
    const fds = `sock4.fd: ${st.fd} (socktype: ${type}), sock6.fd: -1 (socktype: ${type})`
    sys.write(2, `ping: ${fds}, hints.ai_family: AF_INET\n\n`)
  }
  if (st.opt.tos > 0) sys.sockets.setOptions(st.s, { tos: st.opt.tos })
  return null
}

/** Ends with an error line; what was printed before stays before it. */
function die(sys: Sys, st: PingState, text: string): number {
  if (st.out.held !== '') {
    sys.write(1, st.out.held)
    st.out.held = ''
  }
  return fail(sys, text, 2)
}

/** The target is known: bind, header, and on. Null: running. */
function begin(sys: Sys, st: PingState, address: Ip4, canonical: string): number | null {
  const o = st.opt
  st.dst = address
  const literal = inetAton(o.target) !== null
  st.host = literal ? o.target : canonical
  st.numeric = o.numeric || literal
  if (o.verbose) print(sys, st.out, `ai->ai_family: AF_INET, ai->ai_canonname: '${canonical}'\n`)
  const code = o.source === 0 ? probeSource(sys, st) : bindDevice(sys, st, st.s)
  if (code !== null) return code
  if (st.dst === 0) st.dst = st.src
  st.multicast = o.broadcast || isMulticast(st.dst)
  if (st.multicast && o.pmtudisc < 0) o.pmtudisc = 2
  const refused = configure(sys, st)
  if (refused !== null) return refused
  const total = o.size + 28
  const from = o.device !== '' || o.strictSource ? `from ${formatIp4(st.src)} ${o.device}: ` : ''
  print(sys, st.out, `PING ${st.host} (${formatIp4(st.dst)}) ${from}${o.size}(${total}) bytes of data.\n`)
  if (sys.uid !== 0 && st.interval < 2) {
    return die(sys, st, 'ping: cannot flood; minimal interval allowed for user is 2ms\n')
  }
  if (st.interval >= 2147483647 / o.preload) {
    return die(sys, st, `ping: illegal preload and/or interval: ${st.interval}\n`)
  }
  if (o.connect) {
    const r = sys.sockets.connect(st.s, { addr: st.dst, port: 1025 })
    if (!r.ok) return die(sys, st, perror('ping', 'connect failed', r.errno))
  }
  sys.onSignal(['INT', 'ALRM', 'QUIT'])
  st.phase = 'run'
  st.startTime = sys.now()
  if (o.deadline > 0) sys.setTimer(ALARM, sys.now() + o.deadline * 1_000_000_000)
  sys.watch(st.fd, true, false)
  return null
}

function bindDevice(sys: Sys, st: PingState, s: number): number | null {
  if (st.opt.device === '') return null
  const r = sys.sockets.setOptions(s, { bindToDevice: st.opt.device })
  return r.ok ? null : die(sys, st, perror('ping', `SO_BINDTODEVICE ${st.opt.device}`, r.errno))
}

/** Ask the routing for the source address with a connected UDP socket, as ping does. */
function probeSource(sys: Sys, st: PingState): number | null {
  const o = st.opt
  const probe = openSocket(sys, 'udp', 0, 'ping')
  if (isErrno(probe)) return die(sys, st, perror('ping', 'socket', probe))
  const bound = bindDevice(sys, st, probe.s) ?? bindDevice(sys, st, st.s)
  if (bound !== null) return bound
  if (o.tos > 0) sys.sockets.setOptions(probe.s, { tos: o.tos })
  if (o.mark >= 0) sys.sockets.setOptions(probe.s, { mark: o.mark })
  const to = { addr: st.dst, port: 1025 }
  let r = sys.sockets.connect(probe.s, to)
  if (!r.ok && r.errno === 'EACCES') {
    if (!o.broadcast) {
      const text = 'Do you want to ping broadcast? Then -b. If not, check your local firewall rules'
      return die(sys, st, `ping: ${text}\n`)
    }
    sys.write(2, 'WARNING: pinging broadcast address\n')
    sys.sockets.setOptions(probe.s, { broadcast: true })
    r = sys.sockets.connect(probe.s, to)
  }
  if (!r.ok) return die(sys, st, perror('ping', 'connect', r.errno))
  st.src = sys.sockets.getsockname(probe.s).addr
  sys.close(probe.fd)
  if (o.device !== '' && !ownsAddress(sys, o.device, st.src)) {
    const text = `Warning: source address might be selected on device other than: ${o.device}`
    flush(sys, st.out) // error(3) flushes stdout first
    sys.write(2, `ping: ${text}\n`)
  }
  return null
}

function ownsAddress(sys: Sys, device: string, address: Ip4): boolean {
  const link = sys.netlink.request(sys.netns, 'link.get', { dev: device })
  const addrs = sys.netlink.request(sys.netns, 'addr.list', {})
  if (!link.ok || !addrs.ok) return false
  return addrs.value.some((a) => a.ifindex === link.value.link.ifindex && a.addr.local === address)
}

/** Socket options and the sticky source. */
function configure(sys: Sys, st: PingState): number | null {
  const o = st.opt
  const set: { -readonly [K in keyof SocketOptions]: SocketOptions[K] } = { recvErr: true }
  if (o.pmtudisc >= 0) set.mtuDiscover = o.pmtudisc
  if (o.broadcast) set.broadcast = true
  if (o.noLoop) set.multicastLoop = false
  if (o.mark >= 0) set.mark = o.mark
  if (o.strictSource || (o.ident > 0 && !st.raw)) {
    const r = sys.sockets.bind(st.s, { addr: st.src, port: st.raw ? 0 : Math.max(0, o.ident) })
    if (!r.ok) return die(sys, st, perror('ping', 'bind', r.errno))
  }
  const estimate = o.size + 8 + Math.trunc((o.size + 8 + 511) / 512) * 260
  set.sndBuf = o.sndbuf > 0 ? o.sndbuf : estimate
  set.rcvBuf = Math.max(65536, estimate * o.preload)
  const r = sys.sockets.setOptions(st.s, set)
  if (!r.ok) return die(sys, st, perror('ping', 'setsockopt', r.errno))
  if (o.ttl < 0) return null
  const t = sys.sockets.setOptions(st.s, { ttl: o.ttl, multicastTtl: o.ttl })
  return t.ok ? null : die(sys, st, `ping: cannot set unicast time-to-live: ${strerror(t.errno)}\n`)
}

/** The main loop up to its next wait. */
function loop(sys: Sys, st: PingState): void {
  const o = st.opt
  if (st.exiting || (o.count > 0 && st.received + st.errors >= o.count) || (o.deadline > 0 && st.errors > 0)) {
    sys.unwatch(st.fd)
    sys.exit(finish(sys, st))
    return
  }
  if (st.snapshot) status(sys, st)
  let next: number
  do next = scheduleExit(sys, st, pinger(sys, st))
  while (next <= 0)
  sys.setTimer(WAKE, sys.now() + sleepTime(st, next) * 1_000_000)
}

/** Read all there is; false when a name has to be looked up first. */
function receive(sys: Sys, st: PingState): boolean {
  for (;;) {
    const r = sys.sockets.recv(st.s)
    if (r.ok) {
      const kind = classifyReply(st, r.value)
      const silent = st.opt.quiet || st.opt.flood
      const named = kind === 'reply' || (kind === 'redirect' && !silent)
      if (!take(sys, st, { kind: 'reply', reply: r.value }, named ? r.value.from.addr : null)) return false
    } else {
      const e = sys.sockets.recvError(st.s)
      if (!e.ok) {
        const pending = r.errno === 'EAGAIN' ? sys.sockets.takeError(st.s) : r.errno
        if (pending !== null) sys.write(2, perror('ping', 'recvmsg', pending))
        return true
      }
      const named = isOurError(st, e.value) && e.value.origin === 'icmp'
      if (!take(sys, st, { kind: 'error', error: e.value }, named ? e.value.offender : null)) return false
    }
    if (inFlight(st) === 0) return true
  }
}

/** Handle an item now, or start the look-up of its sender's name (false). */
function take(sys: Sys, st: PingState, item: Held, sender: Ip4 | null): boolean {
  const numeric = sender === null ? '' : formatIp4(sender)
  if (sender === null || st.numeric || (st.opt.quiet && item.kind === 'error')) {
    handle(sys, st, item, numeric)
    return true
  }
  const l = lookupAddress(sys, sender, { timer: LOOKUP, both: false })
  st.heldName = numeric
  if (l.result !== null) {
    handle(sys, st, item, l.result.ok ? `${l.result.canonical} (${numeric})` : numeric)
    return true
  }
  st.lookup = l
  st.held = item
  st.phase = 'name'
  sys.unwatch(st.fd)
  sys.clearTimer(WAKE)
  return false
}

function handle(sys: Sys, st: PingState, item: Held, name: string): void {
  if (item.kind === 'reply') takeReply(sys, st, item.reply, name)
  else takeError(sys, st, item.error, name)
}

/** The look-up that the program waits for has moved. */
function resolved(sys: Sys, st: PingState): void {
  const result = st.lookup?.result ?? null
  if (result === null) return
  st.lookup = null
  if (st.phase === 'resolve') {
    const code = result.ok
      ? begin(sys, st, result.addresses[0]!, result.canonical)
      : die(sys, st, `ping: ${st.opt.target}: ${GAI[result.error]}\n`)
    if (code !== null) sys.exit(code)
    else loop(sys, st)
    return
  }
  const held = st.held
  st.held = null
  st.phase = 'run'
  sys.watch(st.fd, true, false)
  if (held !== null) handle(sys, st, held, result.ok ? `${result.canonical} (${st.heldName})` : st.heldName)
  if (inFlight(st) === 0 || receive(sys, st)) loop(sys, st)
}

function step(sys: Sys, st: PingState, event: ProgramEvent): void {
  if (event.kind === 'start') {
    st.lookup = lookupHost(sys, st.opt.target, { timer: LOOKUP, both: true })
    resolved(sys, st)
    return
  }
  if (event.kind === 'signal') {
    if (event.signal === 'QUIT') st.snapshot = true
    else st.exiting = true
    if (st.phase === 'run') loop(sys, st)
    return
  }
  if (st.lookup !== null && wantsEvent(st.lookup, event)) {
    stepLookup(sys, st.lookup, event)
    resolved(sys, st)
    return
  }
  if (event.kind === 'timer' && event.id === ALARM) st.exiting = true
  if (st.phase !== 'run') return
  if (event.kind === 'ready' && !receive(sys, st)) return
  loop(sys, st)
}

export const ping: Machine<PingState> = { start, step }
