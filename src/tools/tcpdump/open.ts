// Opening a device for capture (pcap_activate): which one, may we, is it up; the packet socket. Read first: devices.ts.

import { strerror } from '../../lib/errno.ts'
import { IFF_UP } from '../../uapi/link.ts'
import type { Sys } from '../../uapi/program.ts'
import type { SocketId } from '../../uapi/socket.ts'
import { ETH_P_ALL } from '../../wire/ethernet.ts'
import { captureDevices } from './devices.ts'
import type { Options } from './options.ts'

export interface Capture {
  readonly device: string
  /** 0 for any. */
  readonly ifindex: number
  readonly socket: SocketId
  readonly fd: number
  /** ifindex of the loopback device: its packets are seen coming in only. */
  readonly loopback: number
}

/** The device of -i: a name, a number in -D's list, or the best one there is. A text is the error. */
function chosen(
  sys: Sys,
  options: Options,
): { readonly name: string; readonly ifindex: number } | { readonly error: string } {
  const devices = captureDevices(sys)
  const name = options.device ?? devices[0]?.name ?? 'any'
  const found = devices.find((d) => d.name === name)
  if (found !== undefined) return { name, ifindex: found.link?.ifindex ?? 0 }
  if (!/^\d+$/.test(name)) return { error: `${name}: No such device exists\n(No such device exists)` }
  const numbered = devices[Number(name) - 1]
  if (numbered === undefined) return { error: 'Invalid adapter index' }
  return { name: numbered.name, ifindex: numbered.link?.ifindex ?? 0 }
}

/** A text is what tcpdump prints after its name. */
export function openCapture(sys: Sys, options: Options): Capture | string {
  const device = chosen(sys, options)
  if ('error' in device) return device.error
  if (sys.uid !== 0) {
    const why = 'socket: Operation not permitted'
    return `${device.name}: You don't have permission to perform this capture on that device\n(${why})`
  }
  const links = captureDevices(sys).flatMap((d) => (d.link === null ? [] : [d.link]))
  const link = links.find((l) => l.ifindex === device.ifindex)
  if (link !== undefined && (link.flags & IFF_UP) === 0) return `${device.name}: That device is not up`
  const owner = { pid: sys.pid, name: 'tcpdump', uid: sys.uid, gid: sys.gid }
  const socket = sys.sockets.socket(sys.netns, 'packet', ETH_P_ALL, owner)
  if (!socket.ok) return `${device.name}: socket: ${strerror(socket.errno)}`
  const bound = sys.sockets.bindLl(socket.value, { ifindex: device.ifindex, protocol: ETH_P_ALL })
  if (!bound.ok) return `${device.name}: bind: ${strerror(bound.errno)}`
  if (options.promisc && device.ifindex !== 0) sys.sockets.setOptions(socket.value, { promisc: true })
  const loopback = links.find((l) => l.kind === 'loopback')?.ifindex ?? 0
  return {
    device: device.name,
    ifindex: device.ifindex,
    socket: socket.value,
    fd: sys.socketFd(socket.value),
    loopback,
  }
}
