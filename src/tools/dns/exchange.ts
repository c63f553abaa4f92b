// One question of dig or host on its way through the servers: retries, timeouts, what is said of servers that fail.
// Read first: lib/dns_message.ts. Reference: dighost.c. Leaves out TCP, TSIG and the following of referrals.
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import type { ProgramEvent, Sys } from '../../uapi/program.ts'
import { type DnsMessage, decodeDns, isResponse } from '../lib/dns_message.ts'
import { isErrno, openSocket } from '../lib/sock.ts'

const SECOND = 1_000_000_000
const IP_PMTUDISC_OMIT = 5
export const TIMEOUT = 1

export interface Exchange {
  readonly prog: string
  readonly id: number
  readonly name: string
  readonly bytes: Uint8Array
  readonly servers: readonly Ip4[]
  /** What the user called the server; null: its address. */
  readonly called: string | null
  readonly port: number
  readonly source: { readonly addr: Ip4; readonly port: number } | null
  /** Seconds for one try. */
  readonly timeout: number
  /** Tries left for the present server; the servers after it get one each once they are used up. */
  tries: number
  server: number
  fd: number
  s: number
  sentAt: number
  /** unreachable: no socket could be set up; the words about it are printed already. */
  outcome: 'waiting' | 'answered' | 'no-servers' | 'unreachable'
  answer: DnsMessage | null
}

export function beginExchange(sys: Sys, x: Exchange): void {
  ask(sys, x)
}

/** As bind calls errnos. */
const SETUP: Readonly<Record<string, string>> = Object.freeze({
  ENETUNREACH: 'network unreachable',
  EHOSTUNREACH: 'host unreachable',
  EADDRNOTAVAIL: 'address not available',
  EADDRINUSE: 'address in use',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
})

function ask(sys: Sys, x: Exchange): void {
  close(sys, x)
  const addr = x.servers[x.server]!
  const sock = openSocket(sys, 'udp', 0, x.prog)
  if (isErrno(sock)) {
    setupFailed(sys, x, sock)
    return
  }
  x.fd = sock.fd
  x.s = sock.s
  // libuv and BIND ask for no DF, whatever is known of the path
  sys.sockets.setOptions(x.s, { mtuDiscover: IP_PMTUDISC_OMIT })
  const bound = x.source === null ? null : sys.sockets.bind(x.s, x.source)
  const connected = bound?.ok === false ? bound : sys.sockets.connect(x.s, { addr, port: x.port })
  if (!connected.ok) {
    setupFailed(sys, x, connected.errno)
    return
  }
  x.sentAt = sys.now()
  sys.sockets.send(x.s, x.bytes)
  sys.watch(x.fd, true, false)
  sys.setTimer(TIMEOUT, sys.now() + x.timeout * SECOND)
}

export function serverText(x: Exchange): string {
  return `${formatIp4(x.servers[x.server]!)}#${x.port}`
}

/** With the name that was given for it. */
export function fullServerText(x: Exchange): string {
  return `${serverText(x)}(${x.called ?? formatIp4(x.servers[x.server]!)})`
}

function setupFailed(sys: Sys, x: Exchange, errno: string): void {
  const where = fullServerText(x)
  sys.write(1, `;; UDP setup with ${where} for ${x.name} failed: ${SETUP[errno] ?? 'unexpected error'}.\n`)
  if (x.tries > 1 || x.server + 1 >= x.servers.length) sys.write(1, ';; no servers could be reached\n')
  if (!another(sys, x)) x.outcome = 'unreachable'
}

/** The next try; false when there is none. */
function another(sys: Sys, x: Exchange): boolean {
  close(sys, x)
  if (x.tries > 1) x.tries--
  else if (x.server + 1 < x.servers.length) x.server++
  else return false
  ask(sys, x)
  return true
}

function failed(sys: Sys, x: Exchange, why: string): void {
  sys.write(1, `;; communications error to ${serverText(x)}: ${why}\n`)
  if (!another(sys, x)) x.outcome = 'no-servers'
}

function close(sys: Sys, x: Exchange): void {
  if (x.fd < 0) return
  sys.unwatch(x.fd)
  sys.close(x.fd)
  sys.clearTimer(TIMEOUT)
  x.fd = -1
}

export function stepExchange(sys: Sys, x: Exchange, e: ProgramEvent): void {
  if (x.outcome !== 'waiting') return
  if (e.kind === 'timer') {
    failed(sys, x, 'timed out')
    return
  }
  if (e.kind !== 'ready' || e.fd !== x.fd) return
  for (;;) {
    const r = sys.sockets.recv(x.s)
    if (!r.ok) {
      const errno = r.errno === 'EAGAIN' ? sys.sockets.takeError(x.s) : r.errno
      if (errno !== null) failed(sys, x, errno === 'ECONNREFUSED' ? 'connection refused' : 'host unreachable')
      return
    }
    const m = decodeDns(r.value.data)
    if (m === null || !isResponse(m) || m.id !== x.id) continue
    close(sys, x)
    x.answer = m
    x.outcome = 'answered'
    return
  }
}
