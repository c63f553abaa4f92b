// TCP's states as a man in the middle sees them: which packet leads where (tcp_conntracks, tcp_valid_flags;
// net/netfilter/nf_conntrack_proto_tcp.c). A table of facts; who acts on it: proto_tcp.ts.
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, TCP_URG } from '../../../wire/tcp.ts'

/** States by their index in TCP_CONNTRACK_STATES. */
export const NONE = 0
export const SYN_SENT = 1
export const SYN_RECV = 2
export const ESTABLISHED = 3
export const FIN_WAIT = 4
export const CLOSE_WAIT = 5
export const LAST_ACK = 6
export const TIME_WAIT = 7
export const CLOSE = 8
export const SYN_SENT2 = 9
/** Not states: the packet is INVALID (sIV), or goes by without changing anything (sIG), because the tracker may be out of step. */
export const MAX = 10
export const IGNORE = 11

/** enum tcp_bit_set: what a packet is, by its flags. */
export const TCP_SYN_SET = 0
export const TCP_SYNACK_SET = 1
export const TCP_FIN_SET = 2
export const TCP_ACK_SET = 3
export const TCP_RST_SET = 4
export const TCP_NONE_SET = 5

const CODES: Readonly<Record<string, number>> = Object.freeze({
  NO: NONE,
  SS: SYN_SENT,
  SR: SYN_RECV,
  ES: ESTABLISHED,
  FW: FIN_WAIT,
  CW: CLOSE_WAIT,
  LA: LAST_ACK,
  TW: TIME_WAIT,
  CL: CLOSE,
  S2: SYN_SENT2,
  IV: MAX,
  IG: IGNORE,
})

function row(text: string): readonly number[] {
  return Object.freeze(text.split(' ').map((code) => CODES[code]!))
}

/** [direction][what the packet is][state] → state, MAX or IGNORE. */
export const TCP_CONNTRACKS: readonly (readonly (readonly number[])[])[] = Object.freeze([
  Object.freeze([
    /* original  NO SS SR ES FW CW LA TW CL S2 */
    /* syn    */ row('SS SS IG IG IG IG IG SS SS S2'),
    /* synack */ row('IV IV SR IV IV IV IV IV IV SR'),
    /* fin    */ row('IV IV FW FW LA LA LA TW CL IV'),
    /* ack    */ row('ES IV ES ES CW CW TW TW CL IV'),
    /* rst    */ row('IV CL CL CL CL CL CL CL CL CL'),
    /* none   */ row('IV IV IV IV IV IV IV IV IV IV'),
  ]),
  Object.freeze([
    /* reply     NO SS SR ES FW CW LA TW CL S2 */
    /* syn    */ row('IV S2 IV IV IV IV IV SS IV S2'),
    /* synack */ row('IV SR IG IG IG IG IG IG IG SR'),
    /* fin    */ row('IV IV FW FW LA LA LA TW CL IV'),
    /* ack    */ row('IV IG SR ES CW CW TW TW CL IG'),
    /* rst    */ row('IV CL CL CL CL CL CL CL CL CL'),
    /* none   */ row('IV IV IV IV IV IV IV IV IV IV'),
  ]),
])

/** get_conntrack_index */
export function get_conntrack_index(flags: number): number {
  if ((flags & TCP_RST) !== 0) return TCP_RST_SET
  if ((flags & TCP_SYN) !== 0) return (flags & TCP_ACK) !== 0 ? TCP_SYNACK_SET : TCP_SYN_SET
  if ((flags & TCP_FIN) !== 0) return TCP_FIN_SET
  return (flags & TCP_ACK) !== 0 ? TCP_ACK_SET : TCP_NONE_SET
}

const SIGNIFICANT = TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK | TCP_URG

const VALID: ReadonlySet<number> = new Set([
  TCP_SYN,
  TCP_SYN | TCP_URG,
  TCP_SYN | TCP_ACK,
  TCP_RST,
  TCP_RST | TCP_ACK,
  TCP_FIN | TCP_ACK,
  TCP_FIN | TCP_ACK | TCP_URG,
  TCP_ACK,
  TCP_ACK | TCP_URG,
])

/** tcp_valid_flags: PSH, ECE and CWR may go with any combination. */
export function isValidFlags(flags: number): boolean {
  return VALID.has(flags & SIGNIFICANT)
}

/** tcp_can_early_drop: it is closing, and may be given up when the table is full. */
export function tcp_can_early_drop(state: number): boolean {
  return state >= FIN_WAIT && state <= CLOSE
}
