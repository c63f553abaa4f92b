// D-SACK (RFC 2883): telling the sender that a segment came twice, so that it knows its retransmission for needless
// (tcp_dsack_set, tcp_check_dsack in net/ipv4/tcp_input.c). Read first: tcp_sock.ts. Next: tcp_ack.ts.
// Leaves out: SACK blocks for what is missing, and undoing a reduction.
import { put32, u32 } from '../../wire/bytes.ts'
import type { TcpOptions } from '../../wire/tcp.ts'
import { after, before, seqDiff, type TcpSock } from './tcp_sock.ts'

const TCPOPT_SACK = 5
/** One block. */
const OPTION_LENGTH = 10

/** tcp_dsack_set: those bytes were here already. */
export function tcp_dsack_set(sk: TcpSock, seq: number, end: number): void {
  if (sk.sackOk && before(seq, end)) sk.dsack = [seq, end]
}

/** The option of the next acknowledgement; it is told once. */
export function takeDsack(sk: TcpSock): Uint8Array | null {
  const block = sk.dsack
  if (block === null) return null
  sk.dsack = null
  const b = new Uint8Array(OPTION_LENGTH)
  b[0] = TCPOPT_SACK
  b[1] = OPTION_LENGTH
  put32(b, 2, block[0])
  put32(b, 6, block[1])
  return b
}

/** tcp_check_dsack, tcp_dsack_seen: the end of the bytes that the peer has had twice, -1 when it speaks of none. */
export function tcp_dsack_seen(sk: TcpSock, options: TcpOptions | null, ack: number): number {
  const b = options?.unknown ?? null
  if (b === null || !sk.sackOk || b.length < OPTION_LENGTH || b[0] !== TCPOPT_SACK) return -1
  const start = u32(b, 2)
  const end = u32(b, 6)
  if (!before(start, end) || !before(start, ack) || after(end, sk.sndNxt)) return -1
  const length = seqDiff(end, start)
  if (length > sk.maxWindow) return -1
  sk.dsackDups += Math.ceil(length / sk.mssCache)
  return sk.dsackDups > sk.totalRetrans ? -1 : end
}
