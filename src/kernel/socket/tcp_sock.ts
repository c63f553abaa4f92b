// The state of a TCP connection, of one that is still embryonic, and of one in TIME_WAIT (struct tcp_sock, tcp_request_sock,
// tcp_timewait_sock). Read first: sock.ts. Next: tcp_input.ts, tcp_output.ts, tcp_timer.ts.
// Sequence numbers are unsigned 32-bit; times are virtual ns. RFC 9293, 6298, 7323, 5681, 6582.
import type { Ip4 } from '../../lib/ip4.ts'
import type { SocketId, SocketOwner } from '../../uapi/socket.ts'
import { IPPROTO_TCP } from '../../wire/ipv4.ts'
import type { NetNs } from '../core/netns.ts'
import type { KernelTimer } from '../kernel.ts'
import { Sock } from './sock.ts'

export const TCP_ESTABLISHED = 1
export const TCP_SYN_SENT = 2
export const TCP_SYN_RECV = 3
export const TCP_FIN_WAIT1 = 4
export const TCP_FIN_WAIT2 = 5
export const TCP_TIME_WAIT = 6
export const TCP_CLOSE = 7
export const TCP_CLOSE_WAIT = 8
export const TCP_LAST_ACK = 9
export const TCP_LISTEN = 10
export const TCP_CLOSING = 11

/** Names as the kernel's tracepoints print them. */
const TCP_STATE_NAMES: readonly string[] = Object.freeze([
  '',
  'TCP_ESTABLISHED',
  'TCP_SYN_SENT',
  'TCP_SYN_RECV',
  'TCP_FIN_WAIT1',
  'TCP_FIN_WAIT2',
  'TCP_TIME_WAIT',
  'TCP_CLOSE',
  'TCP_CLOSE_WAIT',
  'TCP_LAST_ACK',
  'TCP_LISTEN',
  'TCP_CLOSING',
])

export const MS = 1_000_000
export const SECOND = 1000 * MS
export const TCP_RTO_MIN = 200 * MS
export const TCP_RTO_MAX = 120 * SECOND
export const TCP_TIMEOUT_INIT = 1 * SECOND
/** Two jiffies at HZ 250. */
export const TCP_TIMEOUT_MIN = 8 * MS
export const TCP_ATO_MIN = 40 * MS
export const TCP_DELACK_MIN = 40 * MS
export const TCP_DELACK_MAX = 200 * MS
export const TCP_TIMEWAIT_LEN = 60 * SECOND
/** Rate limit of answers to segments that are out of the window (tcp_invalid_ratelimit). */
export const TCP_INVALID_RATELIMIT = 500 * MS
export const TCP_INIT_CWND = 10
export const TCP_MSS_DEFAULT = 536
export const TCP_MAX_QUICKACKS = 16
export const TCP_PINGPONG_THRESH = 3
/** Bytes of the timestamp option with its padding. */
export const TCPOLEN_TSTAMP_ALIGNED = 12
export const TCP_MAX_WSCALE = 14

/** Which of a connection's timers. */
export const TIMER_RETRANS = 0
export const TIMER_PROBE = 1
export const TIMER_DELACK = 2
export const TIMER_KEEPALIVE = 3
export const TIMER_SYNACK = 4
export const TIMER_TIMEWAIT = 5

/** A timer of a connection. `due` is when it is wanted (-1: not); the queue's own entry may be earlier and is then renewed. */
export class SockTimer implements KernelTimer {
  readonly kind: number
  at = -1
  seq = 0
  due = -1
  readonly which: number
  readonly sock: TcpSock | TcpRequest | TcpTimewait
  constructor(kind: number, which: number, sock: TcpSock | TcpRequest | TcpTimewait) {
    this.kind = kind
    this.which = which
    this.sock = sock
  }
}

/** One entry of the send queue: bytes, or a SYN or FIN, that take sequence numbers. */
export interface Segment {
  seq: number
  /** One past the last sequence number. */
  end: number
  /** TCP_SYN, TCP_FIN, TCP_PSH */
  flags: number
  data: Uint8Array
  /** When it was last sent; -1 when never. */
  sent: number
  /** Sent more than once: no RTT sample (Karn). */
  retransmitted: boolean
}

/** A received run of bytes that is out of order. */
export interface OutOfOrder {
  readonly seq: number
  readonly end: number
  readonly data: Uint8Array
  readonly fin: boolean
}

/** Socket kind in TIMER_SOCKET; the same number as layer.ts's TIMER_SOCKET. */
export const SOCKET_TIMER_KIND = 20

export class TcpSock extends Sock {
  readonly kind = 'sock' as const
  state = TCP_CLOSE
  // Listening
  backlog = 0
  /** Embryonic connections. */
  synQueue = 0
  /** Connections that accept(2) has not taken yet, oldest first. */
  acceptQueue: TcpSock[] = []
  /** The listener it came from, until accepted. */
  parent: TcpSock | null = null
  // Sending
  iss = 0
  sndUna = 0
  sndNxt = 0
  writeSeq = 0
  sndWnd = 0
  sndWl1 = 0
  maxWindow = 0
  /** End of the last segment shorter than the MSS, for Nagle (snd_sml). */
  sndSml = 0
  /** Sent and unsent segments in order; those before `sendHead` are in flight. */
  writeQueue: Segment[] = []
  sendHead = 0
  /** Payload bytes in writeQueue. */
  wmem = 0
  /** sendmsg found no room: wake the owner when there is some. */
  noSpace = false
  /** SOCK_DONE: the peer's FIN has come. */
  peerDone = false
  /** struct socket's state: connect(2) has answered EINPROGRESS and was not called again; it has told that it is up, or accept(2) did. */
  ss: 'unconnected' | 'connecting' | 'connected' = 'unconnected'
  nonagle = false
  // Receiving
  rcvNxt = 0
  rcvWup = 0
  rcvWnd = 0
  copiedSeq = 0
  rcvMss = TCP_MSS_DEFAULT
  rcvSsthresh = 0
  windowClamp = 0
  receiveQueue: Uint8Array[] = []
  rmem = 0
  ofo: OutOfOrder[] = []
  // Options
  advmss = TCP_MSS_DEFAULT
  mssClamp = TCP_MSS_DEFAULT
  mssCache = TCP_MSS_DEFAULT
  /** icsk_pmtu_cookie: the path MTU that mssCache was made for. */
  pmtuCookie = 0
  sndWscale = 0
  rcvWscale = 0
  wscaleOk = false
  tstampOk = false
  sackOk = false
  tsOffset = 0
  tsRecent = 0
  tsRecentStamp = -1
  // Round-trip time (RFC 6298)
  srtt = 0
  mdev = 0
  rttvar = 0
  rto = TCP_TIMEOUT_INIT
  backoff = 0
  retransmits = 0
  /** When the first of the segments now being retransmitted was sent. */
  retransStamp = -1
  probesOut = 0
  /** icsk_probes_tstamp: when the peer's window was first asked for; -1 when it is not shut. */
  probesStamp = -1
  /** The retransmission timer runs as the loss probe's (ICSK_TIME_LOSS_PROBE). */
  lossProbe = false
  /** tlp_high_seq: what was sent when a loss probe went out; -1 when none is under way. */
  tlpHighSeq = -1
  /** tlp_retrans: that probe repeated a segment. */
  tlpRetrans = false
  /** The run of bytes that came twice, for the next acknowledgement (rx_opt.dsack, duplicate_sack), or null. */
  dsack: readonly [number, number] | null = null
  /** total_retrans, and the segments that the peer reported as received twice (dsack_dups). */
  totalRetrans = 0
  dsackDups = 0
  // Congestion (RFC 5681, 6582)
  cwnd = TCP_INIT_CWND
  cwndCnt = 0
  ssthresh = 0x7fffffff
  /** Was cwnd the limit in this window, and if not, how much was out at most (up to cwndUsageSeq)? */
  isCwndLimited = false
  maxPacketsOut = 0
  cwndUsageSeq = 0
  dupacks = 0
  caState: 'open' | 'recovery' | 'loss' = 'open'
  highSeq = 0
  // Acknowledging
  ackPending = false
  ackNow = false
  ackPushed = 0
  quick = 0
  pingpong = 0
  ato = 0
  lrcvtime = 0
  /** When data was last sent. */
  lsndtime = 0
  lastOow = -1
  /** Packet id of the segment being processed: what we send meanwhile answers it (for the trace). */
  cause = 0
  /** sk_dst_pending_confirm: the next segment out tells the neighbour entry that it works. */
  confirmNeigh = false
  // Keepalive
  keepAlive = false
  keepaliveProbes = 0
  /** TCP_KEEPIDLE, TCP_KEEPINTVL (ns), TCP_KEEPCNT; 0: the namespace's. */
  keepIdle = 0
  keepIntvl = 0
  keepCnt = 0
  /** TCP_USER_TIMEOUT in ns, 0 for none. */
  userTimeout = 0
  lastReceived = 0
  // Timers
  readonly retransTimer = new SockTimer(SOCKET_TIMER_KIND, TIMER_RETRANS, this)
  readonly probeTimer = new SockTimer(SOCKET_TIMER_KIND, TIMER_PROBE, this)
  readonly delackTimer = new SockTimer(SOCKET_TIMER_KIND, TIMER_DELACK, this)
  readonly keepaliveTimer = new SockTimer(SOCKET_TIMER_KIND, TIMER_KEEPALIVE, this)

  constructor(inode: SocketId, net: NetNs, owner: SocketOwner | null) {
    super(inode, 'tcp', net, IPPROTO_TCP, owner)
    this.rcvbuf = net.cfg.sysctl['ipv4.tcp_rmem'][1]
    this.sndbuf = net.cfg.sysctl['ipv4.tcp_wmem'][1]
  }
}

/** A connection between SYN and ACK on the listener's side (struct tcp_request_sock, TCP_NEW_SYN_RECV). */
export class TcpRequest {
  readonly kind = 'request' as const
  readonly listener: TcpSock
  readonly net: NetNs
  saddr: Ip4 = 0
  sport = 0
  daddr: Ip4 = 0
  dport = 0
  ifindex = 0
  mark = 0
  tos = 0
  /** snt_isn, rcv_isn */
  sntIsn = 0
  rcvIsn = 0
  mss = TCP_MSS_DEFAULT
  advmss = TCP_MSS_DEFAULT
  wscaleOk = false
  sndWscale = 0
  rcvWscale = 0
  tstampOk = false
  sackOk = false
  tsRecent = 0
  tsOffset = 0
  rcvWnd = 0
  windowClamp = 0
  /** SYN-ACKs that timed out. */
  timeouts = 0
  /** When the last SYN-ACK left, for the first RTT sample. */
  synackSent = 0
  lastOow = -1
  /** Packet id of the SYN, for the trace. */
  cause = 0
  readonly timer: SockTimer
  constructor(listener: TcpSock) {
    this.listener = listener
    this.net = listener.net
    this.timer = new SockTimer(SOCKET_TIMER_KIND, TIMER_SYNACK, this)
  }
}

/** What is left of a closed connection (struct tcp_timewait_sock). */
export class TcpTimewait {
  readonly kind = 'timewait' as const
  readonly net: NetNs
  readonly inode: SocketId
  readonly rcvSaddr: Ip4
  readonly saddr: Ip4
  readonly sport: number
  readonly daddr: Ip4
  readonly dport: number
  readonly boundIf: number
  readonly mark: number
  readonly tos: number
  readonly reuseAddr: boolean
  readonly reusePort: boolean
  readonly uid: number
  /** tw_substate: TCP_FIN_WAIT2 until the peer's FIN, then TCP_TIME_WAIT. */
  substate: number
  rcvNxt: number
  readonly sndNxt: number
  readonly rcvWnd: number
  readonly rcvWscale: number
  readonly tstampOk: boolean
  tsRecent: number
  tsRecentStamp: number
  readonly tsOffset: number
  lastOow = -1
  readonly timer: SockTimer
  constructor(sk: TcpSock, substate: number) {
    this.net = sk.net
    this.inode = sk.inode
    this.rcvSaddr = sk.rcvSaddr
    this.saddr = sk.saddr
    this.sport = sk.sport
    this.daddr = sk.daddr
    this.dport = sk.dport
    this.boundIf = sk.boundIf
    this.mark = sk.mark
    this.tos = sk.tos
    this.reuseAddr = sk.reuseAddr
    this.reusePort = sk.reusePort
    this.uid = sk.uid
    this.substate = substate
    this.rcvNxt = sk.rcvNxt
    this.sndNxt = sk.sndNxt
    this.rcvWnd = sk.rcvWnd
    this.rcvWscale = sk.rcvWscale
    this.tstampOk = sk.tstampOk
    this.tsRecent = sk.tsRecent
    this.tsRecentStamp = sk.tsRecentStamp
    this.tsOffset = sk.tsOffset
    this.timer = new SockTimer(SOCKET_TIMER_KIND, TIMER_TIMEWAIT, this)
  }
}

/** a is before b in sequence space. */
export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}
export function after(a: number, b: number): boolean {
  return ((b - a) | 0) < 0
}
/** Sequence number arithmetic. */
export function seqAdd(a: number, n: number): number {
  return (a + n) >>> 0
}
/** a - b as a signed distance. */
export function seqDiff(a: number, b: number): number {
  return (a - b) | 0
}

/** tcp_set_state */
export function tcp_set_state(sk: TcpSock, state: number): void {
  const old = sk.state
  sk.state = state
  const kernel = sk.net.kernel
  if (kernel.tr === null || old === state) return
  kernel.tr.emit({
    kind: 'tcp-state',
    time: kernel.sim.now,
    packet: 0,
    netns: sk.net.id,
    ifindex: 0,
    fn: 'tcp_set_state',
    socket: sk.inode,
    before: TCP_STATE_NAMES[old]!,
    after: TCP_STATE_NAMES[state]!,
  })
}

/** TSval: milliseconds with the connection's own offset. */
export function tcp_time_stamp(net: NetNs, offset: number): number {
  return (Math.floor(net.kernel.sim.now / MS) + offset) >>> 0
}

/** Want a timer at `at`; a later wish does not touch the queue. */
export function armTimer(net: NetNs, t: SockTimer, at: number): void {
  t.due = at
  if (t.at < 0 || t.at > at) net.kernel.sim.armWheel(t, at)
}

export function stopTimer(net: NetNs, t: SockTimer): void {
  if (t.due < 0) return
  t.due = -1
  net.kernel.sim.cancel(t)
}

/** tcp_reno_ssthresh: a loss halves the window. */
export function tcp_reno_ssthresh(sk: TcpSock): number {
  return Math.max(sk.cwnd >> 1, 2)
}
