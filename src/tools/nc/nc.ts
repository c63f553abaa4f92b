// nc(1), the OpenBSD netcat of Debian (1.219), as a machine: connect to each port, or listen and accept.
// Read first: options.ts, state.ts; relay.ts moves the data. Leaves out IPv6, UNIX sockets, proxies, DCCP and telnet.
import { type Errno, strerror } from '../../lib/errno.ts'
import { formatIp4 } from '../../lib/ip4.ts'
import type { Machine, ProgramEvent, Sys } from '../../uapi/program.ts'
import { NO_BYTES } from '../lib/bytes.ts'
import { inetAton } from '../lib/netdb.ts'
import { GAI, type GaiError, lookupAddress, lookupHost, stepLookup, wantsEvent } from '../lib/resolve.ts'
import { isErrno, openSocket, owner } from '../lib/sock.ts'
import { parseNc } from './options.ts'
import { startRelay, stepRelay } from './relay.ts'
import { LOOKUP, type LookupPurpose, type NcState, PAUSE, QUIT, SECOND, WAIT } from './state.ts'
import { protocol, report, socketOptions, successText, targetText } from './words.ts'

/** Seconds that -uv waits for an error without -w. */
const UDP_SCAN_TIMEOUT = 3

function start(sys: Sys, argv: readonly string[]): NcState | number {
  const opt = parseNc(sys, argv)
  if (typeof opt === 'number') return opt
  return {
    opt,
    phase: 'lookup',
    lookup: null,
    purpose: 'target',
    code: 1,
    target: 0,
    source: 0,
    port: 0,
    ls: -1,
    lfd: -1,
    s: -1,
    fd: -1,
    peer: { addr: 0, port: 0 },
    peeked: null,
    probes: 0,
    stdin: false,
    netOut: false,
    netIn: false,
    stdout: false,
    toNet: NO_BYTES,
    newline: false,
    toStdout: NO_BYTES,
    pausing: false,
    receivedCount: 0,
  }
}

function die(sys: Sys, text: string): void {
  sys.write(2, `nc: ${text}\n`)
  sys.exit(1)
}

function resolve(sys: Sys, st: NcState, host: string, purpose: LookupPurpose): void {
  st.phase = 'lookup'
  st.purpose = purpose
  if (st.opt.numeric && inetAton(host) === null) {
    resolveFailed(sys, st, 'EAI_NONAME')
    return
  }
  st.lookup = lookupHost(sys, host, { timer: LOOKUP, both: !st.opt.ipv4 })
  lookedUp(sys, st)
}

function resolveFailed(sys: Sys, st: NcState, error: GaiError): void {
  const o = st.opt
  if (st.purpose === 'source' || o.listen) {
    die(sys, `getaddrinfo: ${GAI[error]}`)
    return
  }
  die(sys, `getaddrinfo for host "${o.host ?? ''}" port ${o.ports[st.port] ?? ''}: ${GAI[error]}`)
}

/** Go on after a look-up when it is over. */
function lookedUp(sys: Sys, st: NcState): void {
  const r = st.lookup?.result ?? null
  if (r === null) return
  st.lookup = null
  switch (st.purpose) {
    case 'target':
      if (!r.ok) {
        resolveFailed(sys, st, r.error)
        return
      }
      st.target = r.addresses[0]!
      if (st.opt.listen) {
        listen(sys, st)
        return
      }
      if (st.opt.source !== null) {
        resolve(sys, st, st.opt.source, 'source')
        return
      }
      connectNext(sys, st)
      return
    case 'source':
      if (!r.ok) {
        resolveFailed(sys, st, r.error)
        return
      }
      st.source = r.addresses[0]!
      connectNext(sys, st)
      return
    case 'listening':
    case 'received': {
      const numeric = formatIp4(st.purpose === 'listening' ? st.target : st.peer.addr)
      if (!r.ok && r.error === 'EAI_AGAIN') sys.write(2, `nc: getnameinfo: ${GAI.EAI_AGAIN}\n`)
      else report(sys, st, r.ok ? r.canonical : numeric)
      reported(sys, st)
      return
    }
  }
}

/** "Listening on …" and "Connection received on …" need the name unless -n. */
function reportSocket(sys: Sys, st: NcState, purpose: 'listening' | 'received'): void {
  st.purpose = purpose
  if (!st.opt.verbose) {
    reported(sys, st)
    return
  }
  const address = purpose === 'listening' ? st.target : st.peer.addr
  if (st.opt.numeric) {
    report(sys, st, formatIp4(address))
    reported(sys, st)
    return
  }
  st.phase = 'lookup'
  st.lookup = lookupAddress(sys, address, { timer: LOOKUP, both: false })
  lookedUp(sys, st)
}

function reported(sys: Sys, st: NcState): void {
  if (st.purpose === 'listening') {
    st.phase = 'accept'
    if (st.opt.udp && st.opt.keep) {
      takeListener(st)
      relay(sys, st)
      return
    }
    sys.watch(st.lfd, true, false)
    return
  }
  relay(sys, st)
}

/** UDP: the listening socket is the connection. */
function takeListener(st: NcState): void {
  st.s = st.ls
  st.fd = st.lfd
}

function listen(sys: Sys, st: NcState): void {
  const o = st.opt
  const sock = openSocket(sys, protocol(st), 0, 'nc')
  if (isErrno(sock)) {
    die(sys, strerror(sock))
    return
  }
  st.ls = sock.s
  st.lfd = sock.fd
  sys.sockets.setOptions(sock.s, { reuseAddr: true, reusePort: true })
  socketOptions(sys, st, sock.s)
  const port = Number(o.ports[0])
  const named = Number.isNaN(port) ? null : port & 0xffff
  if (named === null) {
    die(sys, `getaddrinfo: ${GAI.EAI_SERVICE}`)
    return
  }
  const bound = sys.sockets.bind(sock.s, { addr: st.target, port: named })
  if (!bound.ok) {
    die(sys, strerror(bound.errno))
    return
  }
  if (!o.udp) {
    const r = sys.sockets.listen(sock.s, 1)
    if (!r.ok) {
      die(sys, `listen: ${strerror(r.errno)}`)
      return
    }
  }
  reportSocket(sys, st, 'listening')
}

/** Somebody knocks at the listening socket. */
function accept(sys: Sys, st: NcState): void {
  if (st.opt.udp) {
    const r = sys.sockets.recv(st.ls)
    if (!r.ok) return
    st.peer = r.value.from
    st.peeked = r.value.data
    const c = sys.sockets.connect(st.ls, st.peer)
    if (!c.ok) {
      die(sys, `connect: ${strerror(c.errno)}`)
      return
    }
    takeListener(st)
  } else {
    const r = sys.sockets.accept(st.ls, owner(sys, 'nc'))
    if (!r.ok) {
      if (!(r.errno === 'EAGAIN')) die(sys, `accept: ${strerror(r.errno)}`)
      return
    }
    st.s = r.value.socket
    st.fd = sys.socketFd(st.s)
    st.peer = r.value.peer
  }
  sys.unwatch(st.lfd)
  reportSocket(sys, st, 'received')
}

/** Try opt.ports[port], or end when all were tried. */
function connectNext(sys: Sys, st: NcState): void {
  const o = st.opt
  if (st.port >= o.ports.length) {
    sys.exit(st.code)
    return
  }
  const sock = openSocket(sys, protocol(st), 0, 'nc')
  if (isErrno(sock)) {
    connectFailed(sys, st, sock)
    return
  }
  st.s = sock.s
  st.fd = sock.fd
  if (o.source !== null || o.localPort !== null) {
    const bound = sys.sockets.bind(sock.s, { addr: st.source, port: Number(o.localPort ?? '0') & 0xffff })
    if (!bound.ok) {
      die(sys, `bind failed: ${strerror(bound.errno)}`)
      return
    }
  }
  socketOptions(sys, st, sock.s)
  const r = sys.sockets.connect(sock.s, { addr: st.target, port: Number(o.ports[st.port]) })
  if (r.ok) {
    connected(sys, st)
    return
  }
  if (r.errno !== 'EINPROGRESS') {
    connectFailed(sys, st, r.errno)
    return
  }
  st.phase = 'connect'
  sys.watch(st.fd, false, true)
  if (o.timeout >= 0) sys.setTimer(WAIT, sys.now() + o.timeout * SECOND)
}

function connectFailed(sys: Sys, st: NcState, errno: Errno | 'timeout'): void {
  sys.clearTimer(WAIT)
  if (st.opt.verbose) {
    const why = errno === 'timeout' ? `timed out: ${strerror('EINPROGRESS')}` : `failed: ${strerror(errno)}`
    sys.write(2, `nc: connect to ${targetText(st)} ${why}\n`)
  }
  nextPort(sys, st, st.code)
}

function nextPort(sys: Sys, st: NcState, code: number): void {
  st.code = code
  if (st.fd >= 0) {
    sys.unwatch(st.fd)
    sys.close(st.fd)
  }
  st.fd = -1
  st.port++
  connectNext(sys, st)
}

function connected(sys: Sys, st: NcState): void {
  sys.clearTimer(WAIT)
  sys.unwatch(st.fd)
  if (st.opt.udp && st.opt.verbose) {
    st.phase = 'probe'
    st.probes = -1
    probe(sys, st)
    return
  }
  announce(sys, st)
}

/** -uv: write a byte twice, then once a second, and see whether the port answers with an error. */
function probe(sys: Sys, st: NcState): void {
  const seconds = st.opt.timeout < 0 ? UDP_SCAN_TIMEOUT : st.opt.timeout
  const first = st.probes < 0
  const r = sys.sockets.send(st.s, Uint8Array.of(88))
  if (!r.ok && (first || r.errno === 'ECONNREFUSED')) {
    nextPort(sys, st, 1)
    return
  }
  if (st.probes++ < seconds) sys.setTimer(PAUSE, sys.now() + (first ? 0 : SECOND))
  else announce(sys, st)
}

function announce(sys: Sys, st: NcState): void {
  const o = st.opt
  st.code = 0
  if (o.verbose) sys.write(2, successText(st))
  if (o.zero) nextPort(sys, st, 0)
  else relay(sys, st)
}

function relay(sys: Sys, st: NcState): void {
  startRelay(sys, st)
  settle(sys, st)
}

/** After the transfer: the next connection, the next port, or the end. */
function settle(sys: Sys, st: NcState): void {
  if (st.phase !== 'relayed') return
  const o = st.opt
  if (o.quit > 0 && !st.stdin && st.toNet.length === 0) {
    sys.close(st.fd)
    st.phase = 'quit'
    sys.setTimer(QUIT, sys.now() + o.quit * SECOND)
    return
  }
  if (!o.listen) {
    nextPort(sys, st, 0)
    return
  }
  sys.close(st.fd)
  if (!o.keep) {
    sys.exit(0)
    return
  }
  if (o.udp) {
    listen(sys, st)
    return
  }
  st.phase = 'accept'
  sys.watch(st.lfd, true, false)
}

function step(sys: Sys, st: NcState, e: ProgramEvent): void {
  if (e.kind === 'start') {
    const o = st.opt
    if (o.host !== null) {
      resolve(sys, st, o.host, 'target')
      return
    }
    if (o.listen) {
      listen(sys, st)
      return
    }
    return
  }
  if (e.kind === 'timer' && e.id === QUIT) {
    sys.exit(0)
    return
  }
  if (st.lookup !== null) {
    if (!wantsEvent(st.lookup, e)) return
    stepLookup(sys, st.lookup, e)
    lookedUp(sys, st)
    return
  }
  switch (st.phase) {
    case 'connect':
      if (e.kind === 'timer' && e.id === WAIT) {
        connectFailed(sys, st, 'timeout')
        return
      }
      if (e.kind === 'ready') {
        const error = sys.sockets.takeError(st.s)
        if (error === null) connected(sys, st)
        else connectFailed(sys, st, error)
        return
      }
      return
    case 'probe':
      if (e.kind === 'timer' && e.id === PAUSE) probe(sys, st)
      return
    case 'accept':
      if (e.kind === 'ready' && e.fd === st.lfd) accept(sys, st)
      return
    case 'relay':
      stepRelay(sys, st, e)
      settle(sys, st)
      return
    case 'lookup':
    case 'relayed':
    case 'quit':
      return
  }
}

export const nc: Machine<NcState> = { start, step }
