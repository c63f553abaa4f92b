// What conntrack remembers of a TCP connection (struct ip_ct_tcp, ip_ct_tcp_state; linux/netfilter/nf_conntrack_tcp.h).
// Read first: proto_tcp.ts. Flat, and small fields packed: a table may hold a million. Sequence numbers are signed 32-bit here.
// Index 0 is the original direction, 1 the reply's.

/** One direction: what its sender has sent and announced. */
export const IP_CT_TCP_FLAG_WINDOW_SCALE = 0x01
export const IP_CT_TCP_FLAG_SACK_PERM = 0x02
/** It sent the first FIN. */
export const IP_CT_TCP_FLAG_CLOSE_INIT = 0x04
export const IP_CT_TCP_FLAG_BE_LIBERAL = 0x08
export const IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED = 0x10
export const IP_CT_TCP_FLAG_MAXACK_SET = 0x20
/** Of lastFlags: a SYN went by in LAST_ACK, the ACK that comes back may be a challenge (RFC 5961). */
export const IP_CT_EXP_CHALLENGE_ACK = 0x40
/** Of lastFlags: both sides sent a SYN. */
export const IP_CT_TCP_SIMULTANEOUS_OPEN = 0x80

export class TcpTrack {
  /** Index into TCP_CONNTRACK_STATES. */
  state = 0
  /** seen[].td_end: highest sequence number sent + 1. */
  private end0 = 0
  private end1 = 0
  /** seen[].td_maxend: the highest that may be sent, by the other side's window. */
  private maxEnd0 = 0
  private maxEnd1 = 0
  /** seen[].td_maxwin, unsigned: the largest window announced; 0 while nothing was seen of this side. */
  private maxWin0 = 0
  private maxWin1 = 0
  /** seen[].td_maxack */
  private maxAck0 = 0
  private maxAck1 = 0
  /** Of the last packet: what an exact repetition is compared with. */
  lastSeq = 0
  lastAck = 0
  lastEnd = 0
  /** last_win (16 bits), last_wscale (4), td_scale of both (4 each). */
  private windows = 0
  /** flags of both directions (8 bits each), last_flags (8). */
  private marks = 0
  /** last_index (3 bits), last_dir (1), retrans (8). */
  private last = 0

  end(dir: number): number {
    return dir === 0 ? this.end0 : this.end1
  }
  setEnd(dir: number, end: number): void {
    if (dir === 0) this.end0 = end | 0
    else this.end1 = end | 0
  }
  maxEnd(dir: number): number {
    return dir === 0 ? this.maxEnd0 : this.maxEnd1
  }
  setMaxEnd(dir: number, end: number): void {
    if (dir === 0) this.maxEnd0 = end | 0
    else this.maxEnd1 = end | 0
  }
  maxWin(dir: number): number {
    return (dir === 0 ? this.maxWin0 : this.maxWin1) >>> 0
  }
  setMaxWin(dir: number, win: number): void {
    if (dir === 0) this.maxWin0 = win | 0
    else this.maxWin1 = win | 0
  }
  maxAck(dir: number): number {
    return dir === 0 ? this.maxAck0 : this.maxAck1
  }
  setMaxAck(dir: number, ack: number): void {
    if (dir === 0) this.maxAck0 = ack | 0
    else this.maxAck1 = ack | 0
  }

  get lastWin(): number {
    return this.windows & 0xffff
  }
  set lastWin(win: number) {
    this.windows = (this.windows & ~0xffff) | win
  }
  get lastWscale(): number {
    return (this.windows >> 16) & 15
  }
  set lastWscale(scale: number) {
    this.windows = (this.windows & ~0xf0000) | (scale << 16)
  }
  /** seen[].td_scale */
  scale(dir: number): number {
    return (this.windows >> (20 + 4 * dir)) & 15
  }
  setScale(dir: number, scale: number): void {
    const shift = 20 + 4 * dir
    this.windows = (this.windows & ~(15 << shift)) | (scale << shift)
  }

  /** seen[].flags */
  flags(dir: number): number {
    return (this.marks >> (8 * dir)) & 0xff
  }
  setFlags(dir: number, flags: number): void {
    const shift = 8 * dir
    this.marks = (this.marks & ~(0xff << shift)) | (flags << shift)
  }
  addFlag(dir: number, flag: number): void {
    this.marks |= flag << (8 * dir)
  }
  removeFlag(dir: number, flag: number): void {
    this.marks &= ~(flag << (8 * dir))
  }
  get lastFlags(): number {
    return (this.marks >> 16) & 0xff
  }
  set lastFlags(flags: number) {
    this.marks = (this.marks & 0xffff) | (flags << 16)
  }

  /** TCP_…_SET of tcp_table.ts. */
  get lastIndex(): number {
    return this.last & 7
  }
  set lastIndex(index: number) {
    this.last = (this.last & ~7) | index
  }
  get lastDir(): number {
    return (this.last >> 3) & 1
  }
  set lastDir(dir: number) {
    this.last = (this.last & ~8) | (dir << 3)
  }
  /** How often the last packet came again; 8 bits, as in the kernel. */
  get retrans(): number {
    return (this.last >> 4) & 0xff
  }
  set retrans(n: number) {
    this.last = (this.last & 15) | ((n & 0xff) << 4)
  }

  /** nf_ct_tcp_state_reset: forget a direction, but not that it is to be treated liberally. */
  reset(dir: number): void {
    this.setEnd(dir, 0)
    this.setMaxEnd(dir, 0)
    this.setMaxWin(dir, 0)
    this.setMaxAck(dir, 0)
    this.setScale(dir, 0)
    this.setFlags(dir, this.flags(dir) & IP_CT_TCP_FLAG_BE_LIBERAL)
  }
}
