// socket.list: the sockets of a namespace as ss(8) shows them (net/ipv4/inet_diag.c, tcp_diag.c, udp_diag.c, raw_diag.c).
// Read first: table.ts. Order: as ss prints them, listeners before connections.
import { SOCKET_STATES, type SocketInfo, type SocketState } from '../../uapi/socket.ts'
import type { NetNs } from '../core/netns.ts'
import type { Handlers } from '../handlers.ts'
import type { DatagramSock } from './datagram.ts'
import type { Sock } from './sock.ts'
import type { TcpEntry } from './table.ts'
import { queuedBytes } from './tcp.ts'
import { seqDiff, TCP_LISTEN, TcpSock } from './tcp_sock.ts'

type Processes = SocketInfo['processes']
const NOBODY: Processes = Object.freeze([])

/** TCP_ESTABLISHED is 1. */
const stateName = (state: number): SocketState => SOCKET_STATES[state - 1]!

function processesOf(sk: Sock): Processes {
  return sk.owner === null ? NOBODY : [{ name: sk.owner.name, pid: sk.owner.pid, fd: 0 }]
}

type Queues = Pick<SocketInfo, 'recvQ' | 'sendQ'>

/** A socket that a process holds, or held; `hidden`: one that accept(2) has not given out yet. */
function ofSocket(
  sk: Sock,
  netid: SocketInfo['netid'],
  state: SocketInfo['state'],
  q: Queues,
  hidden: boolean,
): SocketInfo {
  return {
    netid,
    state,
    recvQ: q.recvQ,
    sendQ: q.sendQ,
    local: sk.rcvSaddr,
    lport: sk.sport,
    remote: sk.daddr,
    rport: sk.dport,
    ifindex: sk.boundIf,
    uid: sk.uid,
    inode: hidden ? 0 : sk.inode,
    processes: hidden ? NOBODY : processesOf(sk),
  }
}

function datagram(sk: DatagramSock, netid: 'udp' | 'icmp' | 'raw'): SocketInfo {
  return ofSocket(sk, netid, sk.connected ? 'ESTAB' : 'UNCONN', { recvQ: sk.rmem - sk.deficit, sendQ: 0 }, false)
}

function tcpInfo(sk: TcpSock): SocketInfo {
  const listening = sk.state === TCP_LISTEN
  const queues = {
    recvQ: listening ? sk.acceptQueue.length : queuedBytes(sk),
    sendQ: listening ? sk.backlog : seqDiff(sk.writeSeq, sk.sndUna),
  }
  return ofSocket(sk, 'tcp', stateName(sk.state), queues, sk.parent !== null)
}

function shadowInfo(e: Exclude<TcpEntry, TcpSock>): SocketInfo {
  const state = e.kind === 'request' ? 'SYN-RECV' : stateName(e.substate)
  return {
    netid: 'tcp',
    state,
    recvQ: 0,
    sendQ: 0,
    local: e.saddr,
    lport: e.sport,
    remote: e.daddr,
    rport: e.dport,
    ifindex: e.kind === 'request' ? e.ifindex : e.boundIf,
    uid: 0,
    inode: 0,
    processes: NOBODY,
  }
}

/** Every socket with an address, protocol by protocol. */
function listSockets(net: NetNs): readonly SocketInfo[] {
  const found: SocketInfo[] = []
  const t = net.sockets
  for (const bucket of t.raw.values()) for (const sk of bucket) found.push(datagram(sk, 'raw'))
  for (const sk of t.ping.values()) found.push(datagram(sk, 'icmp'))
  for (const bucket of t.udp.values()) for (const sk of bucket) found.push(datagram(sk, 'udp'))
  for (const bucket of t.tcpListen.values()) for (const sk of bucket) found.push(tcpInfo(sk))
  for (const bucket of t.tcp.values()) {
    for (const e of bucket) found.push(e instanceof TcpSock ? tcpInfo(e) : shadowInfo(e))
  }
  return found
}

export const socketHandlers: Handlers<'socket.list'> = Object.freeze({
  'socket.list': (_tx, net) => listSockets(net),
})
