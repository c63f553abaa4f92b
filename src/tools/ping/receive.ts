// What comes back: echo replies, ICMP errors from the error queue, redirects on a raw socket
// (iputils ping.c: ping4_parse_reply, ping4_receive_error_msg; ping_common.c: gather_statistics). Read first: state.ts.
import { strerror } from '../../lib/errno.ts'
import { formatIp4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'
import type { Received, SocketError } from '../../uapi/socket.ts'
import { ICMP_ECHO, ICMP_ECHOREPLY, ICMP_REDIRECT, ICMP_SOURCE_QUENCH } from '../../wire/icmp.ts'
import { flush, print } from '../lib/bytes.ts'
import { readI32, readU16 } from '../lib/sock.ts'
import { icmpText } from './icmp_text.ts'
import { updateInterval } from './send.ts'
import { acknowledge, micros, type PingState, stamp } from './state.ts'

/** The rtt as it is printed, in ms with at least three digits. */
export function formatRtt(us: number): string {
  if (us >= 100_000 - 50) return String(Math.trunc((us + 500) / 1000))
  const fixed = (add: number, unit: number, digits: number): string => {
    const v = us + add
    return `${Math.trunc(v / 1000)}.${String(Math.trunc((v % 1000) / unit)).padStart(digits, '0')}`
  }
  if (us >= 10_000 - 5) return fixed(50, 100, 1)
  return us >= 1000 ? fixed(5, 10, 2) : fixed(0, 1, 3)
}

/** Round trip in µs from the time inside the reply; null when it has no room for one. */
function tripTime(sys: Sys, st: PingState, r: Received): number | null {
  if (!st.timing || r.data.length < 16) return null
  const view = new DataView(r.data.buffer, r.data.byteOffset)
  const sent = view.getUint32(0, true) * 1_000_000 + view.getUint32(8, true)
  const trip = micros(st, r.time) - sent
  if (trip >= 0) return trip
  flush(sys, st.out)
  sys.write(2, `ping: Warning: time of day goes back (${trip}us), taking countermeasures\n`)
  return 0
}

function count(sys: Sys, st: PingState, trip: number): void {
  st.tsum += trip
  st.tsum2 += trip * trip
  st.tmin = Math.min(st.tmin, trip)
  st.tmax = Math.max(st.tmax, trip)
  if (st.rtt === 0) st.rtt = trip * 8
  else st.rtt += trip - Math.trunc(st.rtt / 8)
  if (st.opt.adaptive) updateInterval(sys, st)
}

/** An echo reply of ours. */
function gather(sys: Sys, st: PingState, r: Received, seq: number, name: string): void {
  const o = st.opt
  const bad = r.icmp?.badSum === true
  if (!bad) acknowledge(st, seq)
  const trip = tripTime(sys, st, r)
  if (trip !== null && !bad) count(sys, st, trip)
  const duplicate = !bad && st.answered.has(seq)
  if (bad) st.checksum++
  else if (duplicate) st.repeats++
  else {
    st.received++
    st.answered.add(seq)
  }
  if (o.quiet) {
    flush(sys, st.out)
    return
  }
  if (o.flood) {
    flush(sys, st.out)
    sys.write(1, bad ? '\bC' : '\b \b')
    if (o.audible) sys.write(1, '\x07')
    return
  }
  const length = r.data.length + 8
  let line = `${stamp(sys, st)}${length} bytes from ${name}: icmp_seq=${seq}`
  if (o.verbose && o.ident >= 0) line += ` ident=${o.ident}`
  else if (o.verbose && st.raw) line += ` ident=${st.ident}`
  line += ` ttl=${r.ttl}`
  if (r.data.length < o.size) {
    print(sys, st.out, `${line} (truncated)\n`)
    flush(sys, st.out)
    return
  }
  if (trip !== null) line += ` time=${formatRtt(trip)} ms`
  if (duplicate && (!st.multicast || o.verbose)) line += ' (DUP!)'
  if (bad) line += ' (BAD CHECKSUM!)'
  if (!st.multicast && !o.broadcast && r.from.addr !== st.dst) line += ' (DIFFERENT ADDRESS!)'
  print(sys, st.out, `${line}${wrongData(st, r.data)}${o.audible ? '\x07' : ''}\n`)
  flush(sys, st.out)
}

/** The report of the first byte that differs from what was sent, and a dump. */
function wrongData(st: PingState, got: Uint8Array): string {
  for (let i = 16; i < st.opt.size; i++) {
    if (got[i] === st.data[i]) continue
    let text = `\nwrong data byte #${i} should be 0x${st.data[i]!.toString(16)} but was 0x${got[i]!.toString(16)}`
    for (let k = 16; k < st.opt.size; k++) text += `${k % 32 === 16 ? `\n#${k}\t` : ''}${got[k]!.toString(16)} `
    return text
  }
  return ''
}

/** Is it for us, and does its printing need the sender's name? */
export function classifyReply(st: PingState, r: Received): 'reply' | 'redirect' | 'other' | 'not-ours' {
  const icmp = r.icmp
  if (icmp === null) return 'not-ours'
  if (icmp.type === ICMP_ECHOREPLY) return !st.raw || icmp.rest >>> 16 === st.ident ? 'reply' : 'not-ours'
  if (icmp.type === ICMP_ECHO || !quotesOurs(st, r.data)) return 'not-ours'
  return icmp.type === ICMP_REDIRECT || icmp.type === ICMP_SOURCE_QUENCH ? 'redirect' : 'other'
}

/** The quoted datagram is one of our probes. */
function quotesOurs(st: PingState, quoted: Uint8Array): boolean {
  const ihl = ((quoted[0] ?? 0) & 15) * 4
  if (quoted.length < 28 || quoted.length < ihl + 8) return false
  if (quoted[ihl] !== ICMP_ECHO || readI32(quoted, 16) !== st.dst) return false
  return !st.raw || readU16(quoted, ihl + 4) === st.ident
}

/** A datagram from the socket; `name` is how its sender is printed. */
export function takeReply(sys: Sys, st: PingState, r: Received, name: string): void {
  const icmp = r.icmp
  const kind = classifyReply(st, r)
  if (icmp === null || kind === 'not-ours') return
  if (kind === 'reply') {
    gather(sys, st, r, icmp.rest & 0xffff, name)
    return
  }
  const seq = readU16(r.data, ((r.data[0] ?? 0) & 15) * 4 + 6)
  if (kind === 'other') {
    if (!st.errorsByQueue) acknowledge(st, seq)
    return
  }
  if (st.opt.quiet || st.opt.flood) return
  print(sys, st.out, `${stamp(sys, st)}From ${name}: icmp_seq=${seq} ${icmpText(icmp.type, icmp.code, icmp.rest)}`)
  flush(sys, st.out)
}

/** An entry of the error queue is about one of our probes (or local). */
export function isOurError(st: PingState, e: SocketError): boolean {
  if (e.origin === 'local') return true
  if (e.icmp === null || e.icmp.type !== ICMP_ECHO || e.dst.addr !== st.dst) return false
  return !st.raw || e.icmp.rest >>> 16 === st.ident
}

export function takeError(sys: Sys, st: PingState, e: SocketError, name: string): void {
  if (!isOurError(st, e)) return
  const o = st.opt
  if (e.origin === 'local') {
    if (o.quiet) return
    flush(sys, st.out)
    if (o.flood) sys.write(1, 'E')
    else if (e.errno === 'EMSGSIZE') sys.write(2, `ping: local error: message too long, mtu=${e.info}\n`)
    else sys.write(2, `ping: local error: ${strerror(e.errno)}\n`)
    st.errors++
    return
  }
  const seq = (e.icmp?.rest ?? 0) & 0xffff
  acknowledge(st, seq)
  st.errorsByQueue = true
  st.errors++
  if (o.quiet) return
  if (o.flood) {
    flush(sys, st.out)
    sys.write(1, '\bE')
    return
  }
  print(sys, st.out, `${stamp(sys, st)}From ${name} icmp_seq=${seq} ${icmpText(e.type, e.code, e.info)}`)
  flush(sys, st.out)
}

/** After a failed send: the one entry that explains it, without looking its sender up. */
export function takeSocketError(sys: Sys, st: PingState): 'local' | 'icmp' | null {
  const e = sys.sockets.recvError(st.s)
  if (!e.ok) return null
  takeError(sys, st, e.value, formatIp4(e.value.offender))
  return e.value.origin
}

/** The bytes ping puts after the header: -p's pattern, or 0, 1, 2 … */
export function fillData(size: number, pattern: readonly number[] | null): Uint8Array {
  const data = new Uint8Array(size)
  if (pattern === null) for (let i = 0; i < size; i++) data[i] = i & 255
  else if (pattern.length > 0) for (let i = 0; i < size; i++) data[i] = pattern[i % pattern.length]!
  return data
}
