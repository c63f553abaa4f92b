// Lines about packets: LOG, TRACE and conntrack's complaints (net/netfilter/nf_log.c). How a line looks: nf_log_syslog.ts.
// Read first: nf_loggers.ts, who gets them.
// Only the machine's own namespace writes to the kernel's log, unless net.netfilter.nf_log_all_netns lets the others.
import { NF_INET_LOCAL_IN, type NfHook, type TableName } from '../../uapi/netfilter.ts'
import type { LogEvent } from '../../uapi/trace.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import type { Sock } from '../socket/sock.ts'
import { inet_lookup_established } from '../socket/tcp_hash.ts'
import { TCP_LISTEN, type TcpSock } from '../socket/tcp_sock.ts'
import { udp_lib_lookup } from '../socket/udp_lookup.ts'
import { LOG_NOTICE, LOG_WARNING, printk } from './klog.ts'
import { NF_LOG_DEFAULT_MASK, NF_LOG_UID, nf_log_ip_packet } from './nf_log_syslog.ts'
import { ipv4Logger } from './nf_loggers.ts'
import type { XtPar } from './xt.ts'

/** nf_log_allowed */
function allowed(net: NetNs): boolean {
  return net.id === 0 || net.kernel.initNet.cfg.sysctl['netfilter.nf_log_all_netns'] !== 0
}

/**
 * Before INPUT the socket of a connection is known already (tcp_v4_early_demux, udp_v4_early_demux), unless the packet brought its
 * route along over lo and was not looked at.
 */
function earlyDemux(net: NetNs, { ip, l4: h, iif }: SkBuff): Sock | null {
  if (h === null || h.kind === 'icmp' || iif === net.lo.ifindex || net.cfg.sysctl['ipv4.ip_early_demux'] === 0)
    return null
  if (h.kind === 'tcp') {
    const e = inet_lookup_established(net, ip.src, h.sport, ip.dst, h.dport, iif)
    return e !== null && e.kind === 'sock' ? e : null
  }
  const sk = udp_lib_lookup(net, ip.src, h.sport, ip.dst, h.dport, iif)
  return sk?.connected === true ? sk : null
}

/** nf_log_dump_sk_uid_gid: who holds its socket. A handshake that is not complete has none yet. */
function owner(net: NetNs, skb: SkBuff, hook: number): string {
  let sk = skb.sk === 0 ? null : net.kernel.layer.find(skb.sk)
  if (sk === null && hook === NF_INET_LOCAL_IN) sk = earlyDemux(net, skb)
  if (sk === null || sk.owner === null || sk.net !== net) return ''
  if (sk.type === 'tcp' && (sk as TcpSock).state === TCP_LISTEN) return ''
  return `UID=${sk.owner.uid} GID=${sk.owner.gid} `
}

function lineOf(
  net: NetNs,
  skb: SkBuff,
  indev: NetDevice | null,
  outdev: NetDevice | null,
  prefix: string,
  flags: number,
  hook: number,
): string {
  return nf_log_ip_packet(skb, indev, outdev, prefix, flags, (flags & NF_LOG_UID) === 0 ? '' : owner(net, skb, hook))
}

function emit(
  net: NetNs,
  skb: SkBuff,
  fn: string,
  to: LogEvent['to'],
  group: number,
  level: number,
  text: string,
): void {
  net.kernel.tr?.emit({
    kind: 'log',
    time: net.kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex: skb.dev === null ? 0 : skb.dev.ifindex,
    fn,
    to,
    group,
    level,
    text: text.trimEnd(),
  })
}

function write(
  net: NetNs,
  skb: SkBuff,
  indev: NetDevice | null,
  outdev: NetDevice | null,
  level: number,
  flags: number,
  prefix: string,
  fn: string,
  hook: number,
): void {
  const heard = allowed(net)
  if (!heard && net.kernel.tr === null) return
  const text = lineOf(net, skb, indev, outdev, prefix, flags, hook)
  if (heard) printk(net.kernel, level, text)
  emit(net, skb, fn, heard ? 'dmesg' : 'nobody', 0, level, text)
}

/** nf_log_packet: a line for dmesg. */
export function nf_log_packet(par: XtPar, level: number, flags: number, prefix: string, fn: string): void {
  write(par.net, par.skb, par.indev, par.outdev, level, flags, prefix, fn, par.hook)
}

/** NFLOG: the packet goes to a netlink group; the trace has the line that ulogd would write of it. */
export function nf_log_group(par: XtPar, group: number, prefix: string): void {
  const { net, skb } = par
  if (net.kernel.tr === null) return
  const text = lineOf(net, skb, par.indev, par.outdev, prefix === '' ? '' : `${prefix} `, NF_LOG_DEFAULT_MASK, par.hook)
  emit(net, skb, 'nflog_tg', 'nflog', group, LOG_NOTICE, text)
}

/** A line for the namespace's logger, whoever that is. A received packet has come in by its device, one that is sent leaves by it. */
export function nf_log_invalid(net: NetNs, skb: SkBuff, prefix: string): void {
  const fn = 'nf_l4proto_log_invalid'
  const indev = skb.iif === 0 ? null : skb.dev
  const outdev = skb.iif === 0 ? skb.dev : null
  switch (ipv4Logger(net)) {
    case 'nobody':
      return
    case 'syslog':
      write(net, skb, indev, outdev, LOG_NOTICE, NF_LOG_DEFAULT_MASK, prefix, fn, 0)
      return
    case 'nfnetlink':
      if (net.kernel.tr !== null)
        emit(net, skb, fn, 'nflog', 0, LOG_NOTICE, lineOf(net, skb, indev, outdev, prefix, NF_LOG_DEFAULT_MASK, 0))
  }
}

/** trace_packet: a packet marked by TRACE met a rule, a chain's end or a policy. `what` is rule, return or policy. */
export function trace_packet(
  par: XtPar,
  _hook: NfHook,
  table: TableName,
  chain: string,
  what: 'rule' | 'return' | 'policy',
  number: number,
): void {
  if (ipv4Logger(par.net) !== 'syslog') return
  const prefix = `TRACE: ${table}:${chain}:${what}:${number} `
  nf_log_packet(par, LOG_WARNING, NF_LOG_DEFAULT_MASK, prefix, 'trace_packet')
}
