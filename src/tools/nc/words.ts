// nc's words about connections, and the socket options its command line asks for.
// Read first: state.ts.
import { formatIp4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'
import { serviceName } from '../lib/netdb.ts'
import type { NcState } from './state.ts'

export function protocol(st: NcState): 'tcp' | 'udp' {
  return st.opt.udp ? 'udp' : 'tcp'
}

export function report(sys: Sys, st: NcState, name: string): void {
  if (st.purpose === 'listening') {
    const verb = st.opt.udp ? 'Bound' : 'Listening'
    sys.write(2, `${verb} on ${name} ${Number(st.opt.ports[0]) & 0xffff}\n`)
  } else sys.write(2, `Connection received on ${name} ${st.peer.port}\n`)
}

export function socketOptions(sys: Sys, st: NcState, s: number): void {
  const o = st.opt
  if (o.broadcast) sys.sockets.setOptions(s, { broadcast: true })
  if (o.tos >= 0) sys.sockets.setOptions(s, { tos: o.tos })
  if (o.ttl >= 0) sys.sockets.setOptions(s, { ttl: o.ttl })
  if (o.rcvBuf > 0) sys.sockets.setOptions(s, { rcvBuf: o.rcvBuf })
  if (o.sndBuf > 0) sys.sockets.setOptions(s, { sndBuf: o.sndBuf })
}

/** "host (ip) port N (tcp)" as nc names a connection that failed. */
export function targetText(st: NcState): string {
  const ip = formatIp4(st.target)
  const host = st.opt.host ?? ''
  const both = !st.opt.numeric && host !== ip ? `${host} (${ip})` : host
  return `${both} port ${st.opt.ports[st.port]} (${protocol(st)})`
}

/** "Connection to … succeeded!" */
export function successText(st: NcState): string {
  const o = st.opt
  const port = o.ports[st.port]!
  const proto = protocol(st)
  const service = (o.numeric ? null : serviceName(Number(port), proto)) ?? '*'
  const host = o.host ?? ''
  const ip = formatIp4(st.target)
  const name = !o.numeric && host !== ip ? `${host} (${ip})` : host
  return `Connection to ${name} ${port} port [${proto}/${service}] succeeded!\n`
}
