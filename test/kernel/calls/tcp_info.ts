// What a calls file asks about the inside of a TCP socket: `timer` (ss -o) and `info` (TCP_INFO). Twin of Sock.timer and
// Sock.info in run.py.
import type { SockTimer, TcpSock } from '../../../src/kernel/socket/tcp_sock.ts'

const MS = 1_000_000
const MINUTE = 60_000 * MS

/** tcp_get_info, the fields that calls files ask for. */
const FIELDS: Readonly<Record<string, (sk: TcpSock) => string | number>> = {
  ca_state: (sk) => sk.caState,
  backoff: (sk) => sk.backoff,
  probes: (sk) => sk.probesOut,
  retransmits: (sk) => sk.retransmits,
  unacked: (sk) => sk.sendHead,
  snd_wscale: (sk) => sk.sndWscale,
  rcv_wscale: (sk) => sk.rcvWscale,
  snd_mss: (sk) => sk.mssCache,
  rcv_mss: (sk) => sk.rcvMss,
  advmss: (sk) => sk.advmss,
  pmtu: (sk) => sk.pmtuCookie,
  rcv_ssthresh: (sk) => sk.rcvSsthresh,
  snd_ssthresh: (sk) => sk.ssthresh,
  snd_cwnd: (sk) => sk.cwnd,
}

export function tcpInfoField(sk: TcpSock, field: string): string {
  const of = FIELDS[field]
  if (of === undefined) throw new Error(`no field ${field}`)
  return String(of(sk))
}

/** inet_diag's choice of the one timer that is shown. */
export function tcpTimerText(sk: TcpSock): string {
  const shown = (name: string, t: SockTimer, count: number): string => {
    const left = t.due - sk.net.kernel.sim.now
    return `${name} ${Math.floor(left / MINUTE)} min, ${count}`
  }
  if (sk.retransTimer.due >= 0) return shown('on', sk.retransTimer, sk.retransmits)
  if (sk.probeTimer.due >= 0) return shown('persist', sk.probeTimer, sk.probesOut)
  if (sk.keepaliveTimer.due >= 0) return shown('keepalive', sk.keepaliveTimer, sk.keepaliveProbes)
  return 'none'
}
