// curl's connection: what it is bound to, and how it ends.
import { errnoNumber, strerror } from '../../lib/errno.ts'
import { parseIp4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'
import { note } from './report.ts'
import type { CurlState } from './state.ts'

/** --interface: a device, or an address to bind to. Null: fine. */
export function bindInterface(sys: Sys, st: CurlState): string | null {
  const name = st.opt.interface
  if (name === null) return null
  const addr = parseIp4(name.replace(/^host!/, ''))
  if (addr === null) {
    const r = sys.sockets.setOptions(st.s, { bindToDevice: name.replace(/^if!/, '') })
    return r.ok ? null : `Couldn't bind to '${name}'`
  }
  const r = sys.sockets.bind(st.s, { addr, port: 0 })
  if (r.ok) return null
  return `bind failed with errno ${errnoNumber(r.errno)}: ${strerror(r.errno)}`
}

export function closeSocket(sys: Sys, st: CurlState): void {
  if (st.fd < 0) return
  sys.unwatch(st.fd)
  sys.close(st.fd)
  st.fd = -1
}

/** "Closing connection" or "left intact"; the socket goes either way. */
export function endConnection(sys: Sys, st: CurlState): void {
  if (st.fd < 0) return
  closeSocket(sys, st)
  if (st.response.keepAlive && st.response.phase === 'done') {
    note(sys, st, `Connection #${st.connections} to host ${st.url.host} left intact`)
  } else note(sys, st, `Closing connection ${st.connections}`)
  st.connections++
}
