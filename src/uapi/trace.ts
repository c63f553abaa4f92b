// The trace: one closed union of typed events. Events hold uapi objects and headers by reference, never text.
// Read first: docs/architecture.md, "The trace". Renderers live in trace/.
import type { Ip4 } from '../lib/ip4.ts'
import type { Mac } from '../lib/mac.ts'
import type { Ethernet } from '../wire/ethernet.ts'
import type { Packet } from '../wire/packet.ts'
import type { CtTuple } from './conntrack.ts'
import type { DropReason } from './drop.ts'
import type { IptRule, NfHook, TableName } from './netfilter.ts'
import type { NextHop, Route, Rule } from './route.ts'
import type { MatchName } from './xt.ts'

/** What every event says of itself. */
export interface Envelope {
  /** Virtual time in ns. */
  readonly time: number
  /** Packet id; 0 when no packet is concerned. A reply or ICMP error is a new packet with `cause` in its origin event. */
  readonly packet: number
  /** Namespace id; names are the renderer's. */
  readonly netns: number
  /** ifindex in that namespace, 0 when none. */
  readonly ifindex: number
  /** The kernel's function that decided, e.g. "ip_rcv_finish_core". */
  readonly fn: string
}

/** A packet comes into being in a namespace: a socket sends it, or the kernel does. */
export interface OriginEvent extends Envelope {
  readonly kind: 'origin'
  readonly pkt: Packet
  /** The packet that this one answers, reports an error about, or is a fragment of; 0 when none. */
  readonly cause: number
  readonly why:
    | 'socket'
    | 'echo-reply'
    | 'icmp-error'
    | 'icmp-redirect'
    | 'arp-request'
    | 'arp-reply'
    | 'tcp'
    | 'fragment'
    | 'reassembled'
    | 'injected'
    | 'clone'
}

/** netif_receive_skb: a frame enters a namespace through a device. */
export interface ReceiveEvent extends Envelope {
  readonly kind: 'receive'
  readonly pkt: Packet
}

/** A routing decision. `route` is null when the lookup failed; `rule` is the ip rule that led to the table. */
export interface RouteEvent extends Envelope {
  readonly kind: 'route'
  readonly direction: 'input' | 'output' | 'reverse-path'
  readonly dst: Ip4
  readonly src: Ip4
  readonly route: Route | null
  /** Which of route.nexthops. */
  readonly nexthop: NextHop | null
  readonly rule: Rule | null
  /** local, broadcast … of the answer, or how it failed. */
  readonly result:
    | 'unicast'
    | 'local'
    | 'broadcast'
    | 'multicast'
    | 'blackhole'
    | 'unreachable'
    | 'prohibit'
    | 'none'
    | 'cached'
  /** The source address that was chosen (output). */
  readonly prefsrc: Ip4
}

/** The neighbour entry that a packet leaves by. */
export interface NeighEvent extends Envelope {
  readonly kind: 'neigh'
  readonly dst: Ip4
  /** NUD_… before this packet and after. */
  readonly before: number
  readonly state: number
  readonly lladdr: Mac | null
  /** used: header written. queued: waits for resolution. failed: given up. changed: no packet, the state moved. */
  readonly action: 'used' | 'queued' | 'failed' | 'changed' | 'created'
}

/** An ARP packet was understood: what was done and why not more. */
export interface ArpEvent extends Envelope {
  readonly kind: 'arp'
  readonly action: 'answered' | 'proxied' | 'proxy-delayed' | 'ignored' | 'learned' | 'solicited'
  /** For 'ignored' and the proxies: the condition that decided, in the kernel's terms (arp_ignore, proxy_arp, forwarding, same device …). */
  readonly reason: string
  readonly target: Ip4
}

/** Forwarding: TTL before and after. */
export interface ForwardEvent extends Envelope {
  readonly kind: 'forward'
  readonly ttl: number
  readonly newTtl: number
}

/** A header was replaced. */
export interface RewriteEvent extends Envelope {
  readonly kind: 'rewrite'
  readonly layer: 'ethernet' | 'ipv4' | 'transport'
  readonly before: Packet
  readonly after: Packet
}

/** Handed to a device; `peer` is where it comes out, null for a device that swallows it. */
export interface XmitEvent extends Envelope {
  readonly kind: 'xmit'
  readonly pkt: Packet
  readonly eth: Ethernet | null
  readonly peer: { readonly netns: number; readonly ifindex: number } | null
}

/** A fragment was made or put together. */
export interface FragmentEvent extends Envelope {
  readonly kind: 'fragment'
  readonly action: 'split' | 'queued' | 'reassembled'
  readonly mtu: number
  readonly fragments: number
  /** Of 'reassembled': the packet ids of the pieces. */
  readonly parts?: readonly number[]
}

/** The PMTU of a destination, or its gateway by a redirect, was learned. */
export interface ExceptionEvent extends Envelope {
  readonly kind: 'exception'
  readonly dst: Ip4
  readonly mtu: number
  readonly gateway: Ip4
}

/** Delivered to a socket (or to the kernel's own handler: icmp, arp). */
export interface DeliverEvent extends Envelope {
  readonly kind: 'deliver'
  readonly protocol: 'icmp' | 'udp' | 'tcp' | 'raw' | 'packet' | 'ping'
  readonly pkt: Packet
  /** Inode of the socket, 0 for the kernel itself. */
  readonly socket: number
  /** Names of the processes that hold it. */
  readonly owner: string
}

/** A TCP connection changed state. */
export interface TcpStateEvent extends Envelope {
  readonly kind: 'tcp-state'
  readonly socket: number
  readonly before: string
  readonly after: string
}

/** The end of a packet without delivery. */
export interface DropEvent extends Envelope {
  readonly kind: 'drop'
  readonly reason: DropReason
  readonly pkt: Packet
  /** One sentence: what about this packet and this configuration made it so. Made of parts, rendered by trace/. */
  readonly detail: DropDetail | null
}

/** The entry responsible for a drop, and what was compared with it. */
export type DropDetail =
  | { readonly kind: 'sysctl'; readonly name: string; readonly value: number }
  | { readonly kind: 'route'; readonly route: Route; readonly rule: Rule | null }
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'neigh'; readonly dst: Ip4 }
  | { readonly kind: 'address'; readonly address: Ip4; readonly note: string }
  | { readonly kind: 'nf-rule'; readonly place: RulePlace; readonly rule: IptRule }
  | { readonly kind: 'nf-policy'; readonly table: TableName; readonly chain: string }
  | { readonly kind: 'text'; readonly note: string }

/** An error came back to a local socket without any packet (ip_route_output failed, local EMSGSIZE …). */
export interface ErrorEvent extends Envelope {
  readonly kind: 'error'
  readonly errno: string
  readonly dst: Ip4
}

/** Where a rule stands; `number` is the one of `iptables -L --line-numbers`. */
export interface RulePlace {
  readonly table: TableName
  readonly chain: string
  readonly number: number
}

/** A rule was asked (ipt_do_table). */
export interface NfRuleEvent extends Envelope {
  readonly kind: 'nf-rule'
  readonly hook: NfHook
  readonly place: RulePlace
  readonly rule: IptRule
  readonly matched: boolean
  /** What did not match: a part of the rule itself or the name of one of its matches; null when it matched. */
  readonly failed:
    | 'source'
    | 'destination'
    | 'in-interface'
    | 'out-interface'
    | 'protocol'
    | 'fragment'
    | MatchName
    | null
  /** What the rule then does; null when it did not match. CONTINUE: it has no target; TARGET: its target decides. */
  readonly verdict: 'ACCEPT' | 'DROP' | 'RETURN' | 'CONTINUE' | 'JUMP' | 'GOTO' | 'TARGET' | null
}

/** A run of rules that cannot match this packet was passed over at once: all of them ask for another value of `by`. */
export interface NfSkipEvent extends Envelope {
  readonly kind: 'nf-skip'
  readonly hook: NfHook
  readonly table: TableName
  readonly chain: string
  /** First and last number of the run. */
  readonly from: number
  readonly to: number
  /** The fields that the rules of the run are told apart by. */
  readonly by: readonly ('source' | 'destination' | 'protocol' | 'sport' | 'dport')[]
}

/** A built-in chain came to its end: its policy decides. */
export interface NfPolicyEvent extends Envelope {
  readonly kind: 'nf-policy'
  readonly hook: NfHook
  readonly table: TableName
  readonly chain: string
  readonly policy: 'ACCEPT' | 'DROP'
  /** Rules that were asked (or passed over) at this hook, and how many of them matched. */
  readonly asked: number
  readonly matched: number
}

/** What the trace keeps of a connection. */
export interface TracedConn {
  readonly id: number
  readonly orig: CtTuple
  readonly reply: CtTuple
  /** IPS_… */
  readonly status: number
  readonly tcpState: string | null
  readonly mark: number
  readonly zone: number
}

/** Connection tracking judged a packet, or a connection's life went on. */
export interface ConntrackEvent extends Envelope {
  readonly kind: 'conntrack'
  readonly action:
    | 'new'
    | 'found'
    | 'related'
    | 'invalid'
    | 'untracked'
    | 'confirmed'
    | 'clash'
    | 'destroyed'
    | 'evicted'
    | 'full'
  /** Null for invalid and untracked packets. */
  readonly conn: TracedConn | null
  /** IP_CT_… of the packet, -1 when no packet is concerned. */
  readonly ctinfo: number
  /** The state before, of TCP, when the packet changed it; else null. */
  readonly before: string | null
  /** Why: for invalid, clash, destroyed, evicted; '' elsewhere. */
  readonly reason: string
}

/** NAT rewrote a packet (nf_nat_manip_pkt); `inner` when it was the header inside an ICMP error. */
export interface NatEvent extends Envelope {
  readonly kind: 'nat'
  readonly manip: 'source' | 'destination'
  readonly conn: number
  readonly inner: boolean
  readonly before: Packet
  readonly after: Packet
}

/** A target changed a number that goes with the packet or stands in its header. */
export interface NfSetEvent extends Envelope {
  readonly kind: 'nf-set'
  readonly field: 'mark' | 'connmark' | 'priority' | 'tos' | 'ttl' | 'mss' | 'zone'
  readonly before: number
  readonly after: number
}

/** LOG, NFLOG and TRACE: a line that was written, to dmesg or for a listener of an NFLOG group. */
export interface LogEvent extends Envelope {
  readonly kind: 'log'
  readonly to: 'dmesg' | 'nflog' | 'nobody'
  /** NFLOG's group, 0 elsewhere. */
  readonly group: number
  readonly level: number
  readonly text: string
}

export type TraceEvent =
  | OriginEvent
  | ReceiveEvent
  | RouteEvent
  | NeighEvent
  | ArpEvent
  | ForwardEvent
  | RewriteEvent
  | XmitEvent
  | FragmentEvent
  | ExceptionEvent
  | DeliverEvent
  | TcpStateEvent
  | DropEvent
  | ErrorEvent
  | NfRuleEvent
  | NfSkipEvent
  | NfPolicyEvent
  | ConntrackEvent
  | NatEvent
  | NfSetEvent
  | LogEvent

/** Where the kernel sends events; null when nobody listens, which costs a null check. */
export interface TraceSink {
  emit(event: TraceEvent): void
}
