// What happens to sockets when their namespace or device goes (net/core/net_namespace.c's pernet exits, packet_notifier).
// Read first: layer.ts, table.ts. Called by core/net_namespace.ts and rtnetlink/ after the commit.
import type { NetNs } from '../core/netns.ts'
import { packetDeviceEvent } from './packet.ts'
import { sk_wake } from './sock.ts'
import { TcpSock } from './tcp_sock.ts'
import { stopTimers } from './tcp_states.ts'
import { inet_twsk_kill } from './tcp_timewait.ts'

/** The namespace is being destroyed: its sockets vanish without a word (inet_twsk_purge, tcp_sk_exit). */
export function closeNetnsSockets(net: NetNs): void {
  const layer = net.kernel.layer
  for (const sk of layer.of(net)) {
    if (sk instanceof TcpSock) stopTimers(sk)
    sk.err = 'ENETDOWN'
    sk_wake(sk)
    layer.forget(sk.inode)
  }
  for (const bucket of [...net.sockets.tcp.values()]) {
    for (const e of bucket.slice()) {
      if (e.kind === 'timewait') inet_twsk_kill(e)
      else if (e.kind === 'request') net.kernel.sim.cancel(e.timer)
    }
  }
  net.sockets.udp.clear()
  net.sockets.raw.clear()
  net.sockets.ping.clear()
  net.sockets.tcp.clear()
  net.sockets.tcpListen.clear()
  net.sockets.tcpPorts.clear()
  net.sockets.packet.length = 0
  net.taps.length = 0
}

/** A device went down, came up, or left the namespace: AF_PACKET sockets bound to it are told (packet_notifier). */
export function socketsDeviceEvent(net: NetNs, ifindex: number, what: 'down' | 'up' | 'gone'): void {
  packetDeviceEvent(net, ifindex, what)
}
