// Which values each file of net.core and net.ipv4 takes: a mapped type over uapi's names, so none is forgotten.
// Read first: uapi/sysctl.ts. Limits are those of Linux 6.1 (net/ipv4/sysctl_net_ipv4.c, net/core/sysctl_net_core.c).
import type { NetSysctlName, NetSysctls } from '../../uapi/sysctl.ts'
import { INT_MAX, INT_MIN } from './sysctl_parse.ts'

export interface SysctlRange {
  readonly min: number
  readonly max: number
  /** It can be written in the initial namespace only; its value then holds for the whole machine. */
  readonly initOnly: boolean
  /** Of those: the other namespaces have the file too, to read. */
  readonly readable: boolean
}

function range(min: number, max: number): SysctlRange {
  return Object.freeze({ min, max, initOnly: false, readable: true })
}

function machine(min: number, max: number): SysctlRange {
  return Object.freeze({ min, max, initOnly: true, readable: false })
}

function shown(min: number, max: number): SysctlRange {
  return Object.freeze({ min, max, initOnly: true, readable: true })
}

/** Largest number of seconds that fits into jiffies (INT_MAX / HZ, with HZ 100). */
export const MAX_SECONDS = 21474836

const ANY = range(INT_MIN, INT_MAX)
const BOOL = range(0, 1)
const U8 = range(0, 255)
const NATURAL = range(0, INT_MAX)
const POSITIVE = range(1, INT_MAX)
const SECONDS = range(INT_MIN, MAX_SECONDS)
const ULONG = range(0, Number.MAX_SAFE_INTEGER)
const PORT = range(0, 65535)
const SOCK_MIN_RCVBUF = 2304
const SOCK_MIN_SNDBUF = 4608

export const SYSCTL_RANGES: { readonly [K in NetSysctlName]: SysctlRange } = Object.freeze({
  'ipv4.ip_default_ttl': range(1, 255),
  'ipv4.ip_no_pmtu_disc': U8,
  'ipv4.ip_forward_use_pmtu': U8,
  'ipv4.ip_forward_update_priority': BOOL,
  'ipv4.ip_nonlocal_bind': U8,
  'ipv4.ip_local_port_range': range(1, 65535),
  'ipv4.ip_unprivileged_port_start': PORT,
  'ipv4.ip_early_demux': U8,
  'ipv4.ping_group_range': range(0, 4294967294),
  'ipv4.icmp_echo_ignore_all': BOOL,
  'ipv4.icmp_echo_ignore_broadcasts': BOOL,
  'ipv4.icmp_ignore_bogus_error_responses': BOOL,
  'ipv4.icmp_errors_use_inbound_ifaddr': BOOL,
  'ipv4.icmp_ratelimit': NATURAL,
  'ipv4.icmp_ratemask': ANY,
  'ipv4.icmp_msgs_per_sec': NATURAL,
  'ipv4.icmp_msgs_burst': NATURAL,
  'ipv4.fib_multipath_hash_policy': range(0, 3),
  'ipv4.fib_multipath_use_neigh': BOOL,
  'ipv4.ipfrag_time': SECONDS,
  'ipv4.ipfrag_high_thresh': ULONG,
  'ipv4.ipfrag_low_thresh': ULONG,
  'ipv4.ipfrag_max_dist': NATURAL,
  'ipv4.fwmark_reflect': U8,
  'ipv4.tcp_fwmark_accept': U8,
  'ipv4.tcp_l3mdev_accept': BOOL,
  'ipv4.udp_l3mdev_accept': BOOL,
  'ipv4.raw_l3mdev_accept': BOOL,
  'ipv4.tcp_syn_retries': range(1, 127),
  'ipv4.tcp_synack_retries': U8,
  'ipv4.tcp_retries1': U8,
  'ipv4.tcp_retries2': U8,
  'ipv4.tcp_fin_timeout': SECONDS,
  'ipv4.tcp_keepalive_time': SECONDS,
  'ipv4.tcp_keepalive_intvl': SECONDS,
  'ipv4.tcp_keepalive_probes': U8,
  'ipv4.tcp_timestamps': U8,
  'ipv4.tcp_window_scaling': U8,
  'ipv4.tcp_sack': U8,
  'ipv4.tcp_abort_on_overflow': U8,
  'ipv4.tcp_tw_reuse': range(0, 2),
  'ipv4.tcp_base_mss': ANY,
  'ipv4.tcp_mtu_probing': U8,
  'ipv4.tcp_max_syn_backlog': ANY,
  'ipv4.tcp_rmem': POSITIVE,
  'ipv4.tcp_wmem': POSITIVE,
  'ipv4.neigh.default.gc_thresh1': machine(0, INT_MAX),
  'ipv4.neigh.default.gc_thresh2': machine(0, INT_MAX),
  'ipv4.neigh.default.gc_thresh3': machine(0, INT_MAX),
  'ipv4.neigh.default.gc_interval': machine(INT_MIN, MAX_SECONDS),
  'ipv4.route.min_pmtu': range(68, INT_MAX),
  'ipv4.route.mtu_expires': SECONDS,
  'ipv4.route.min_adv_mss': ANY,
  'netfilter.nf_conntrack_acct': BOOL,
  'netfilter.nf_conntrack_buckets': shown(INT_MIN, INT_MAX),
  'netfilter.nf_conntrack_checksum': BOOL,
  'netfilter.nf_conntrack_events': range(0, 2),
  'netfilter.nf_conntrack_generic_timeout': SECONDS,
  'netfilter.nf_conntrack_icmp_timeout': SECONDS,
  'netfilter.nf_conntrack_log_invalid': U8,
  'netfilter.nf_conntrack_max': shown(0, INT_MAX),
  'netfilter.nf_conntrack_tcp_be_liberal': BOOL,
  'netfilter.nf_conntrack_tcp_ignore_invalid_rst': BOOL,
  'netfilter.nf_conntrack_tcp_loose': BOOL,
  'netfilter.nf_conntrack_tcp_max_retrans': U8,
  'netfilter.nf_conntrack_tcp_timeout_close': SECONDS,
  'netfilter.nf_conntrack_tcp_timeout_close_wait': SECONDS,
  'netfilter.nf_conntrack_tcp_timeout_established': SECONDS,
  'netfilter.nf_conntrack_tcp_timeout_fin_wait': SECONDS,
  'netfilter.nf_conntrack_tcp_timeout_last_ack': SECONDS,
  'netfilter.nf_conntrack_tcp_timeout_max_retrans': SECONDS,
  'netfilter.nf_conntrack_tcp_timeout_syn_recv': SECONDS,
  'netfilter.nf_conntrack_tcp_timeout_syn_sent': SECONDS,
  'netfilter.nf_conntrack_tcp_timeout_time_wait': SECONDS,
  'netfilter.nf_conntrack_tcp_timeout_unacknowledged': SECONDS,
  'netfilter.nf_conntrack_udp_timeout': SECONDS,
  'netfilter.nf_conntrack_udp_timeout_stream': SECONDS,
  'netfilter.nf_log_all_netns': machine(INT_MIN, INT_MAX),
  'core.somaxconn': NATURAL,
  'core.rmem_default': machine(SOCK_MIN_RCVBUF, INT_MAX),
  'core.rmem_max': machine(SOCK_MIN_RCVBUF, INT_MAX),
  'core.wmem_default': machine(SOCK_MIN_SNDBUF, INT_MAX),
  'core.wmem_max': machine(SOCK_MIN_SNDBUF, INT_MAX),
  'core.devconf_inherit_init_net': machine(0, 3),
})

/** Path below /proc/sys/net → name. */
export const SYSCTL_PATHS: ReadonlyMap<string, NetSysctlName> = new Map(
  (Object.keys(SYSCTL_RANGES) as NetSysctlName[]).map((name) => [name.replaceAll('.', '/'), name]),
)

/** As the file shows it. */
export function showSysctl(value: NetSysctls[NetSysctlName]): string {
  return typeof value === 'number' ? String(value) : value.join('\t')
}

/** Conditions between values (ipv4_local_port_range, ipv4_privileged_ports, ipfrag thresholds). */
export function sysctlFits(all: NetSysctls): boolean {
  const [low, high] = all['ipv4.ip_local_port_range']
  return (
    low <= high &&
    low >= all['ipv4.ip_unprivileged_port_start'] &&
    all['ipv4.ipfrag_low_thresh'] <= all['ipv4.ipfrag_high_thresh']
  )
}
