// sysctl values that packets meet, as typed records; names are the files' own under /proc/sys/net.
// Defaults: Linux 6.1 (net/ipv4/devinet.c, net/ipv4/arp.c, Documentation/networking/ip-sysctl.rst).

/** net.ipv4.conf.{all,default,DEV}.* : every knob of devinet_sysctl_table, in its order. */
export interface DevConf {
  readonly accept_local: number
  readonly accept_redirects: number
  readonly accept_source_route: number
  readonly arp_accept: number
  readonly arp_announce: number
  readonly arp_evict_nocarrier: number
  readonly arp_filter: number
  readonly arp_ignore: number
  readonly arp_notify: number
  readonly bc_forwarding: number
  readonly bootp_relay: number
  readonly disable_policy: number
  readonly disable_xfrm: number
  readonly drop_gratuitous_arp: number
  readonly drop_unicast_in_l2_multicast: number
  readonly force_igmp_version: number
  readonly forwarding: number
  readonly igmpv2_unsolicited_report_interval: number
  readonly igmpv3_unsolicited_report_interval: number
  readonly ignore_routes_with_linkdown: number
  readonly log_martians: number
  readonly mc_forwarding: number
  readonly medium_id: number
  readonly promote_secondaries: number
  readonly proxy_arp: number
  readonly proxy_arp_pvlan: number
  readonly route_localnet: number
  readonly rp_filter: number
  readonly secure_redirects: number
  readonly send_redirects: number
  readonly shared_media: number
  readonly src_valid_mark: number
  readonly tag: number
}

export type DevConfName = keyof DevConf

export const DEVCONF_DEFAULTS: DevConf = Object.freeze({
  accept_local: 0,
  accept_redirects: 1,
  accept_source_route: 1,
  arp_accept: 0,
  arp_announce: 0,
  arp_evict_nocarrier: 1,
  arp_filter: 0,
  arp_ignore: 0,
  arp_notify: 0,
  bc_forwarding: 0,
  bootp_relay: 0,
  disable_policy: 0,
  disable_xfrm: 0,
  drop_gratuitous_arp: 0,
  drop_unicast_in_l2_multicast: 0,
  force_igmp_version: 0,
  forwarding: 0,
  igmpv2_unsolicited_report_interval: 10000,
  igmpv3_unsolicited_report_interval: 1000,
  ignore_routes_with_linkdown: 0,
  log_martians: 0,
  mc_forwarding: 0,
  medium_id: 0,
  promote_secondaries: 0,
  proxy_arp: 0,
  proxy_arp_pvlan: 0,
  route_localnet: 0,
  rp_filter: 0,
  secure_redirects: 1,
  send_redirects: 1,
  shared_media: 1,
  src_valid_mark: 0,
  tag: 0,
})

/** net.ipv4.neigh.{default,DEV}.* ; times in milliseconds, as the kernel's *_ms files show them. */
export interface NeighParms {
  readonly app_solicit: number
  readonly ucast_solicit: number
  readonly mcast_solicit: number
  readonly mcast_resolicit: number
  readonly retrans_time_ms: number
  readonly base_reachable_time_ms: number
  readonly delay_first_probe_time_ms: number
  readonly gc_stale_time_ms: number
  readonly anycast_delay_ms: number
  readonly proxy_delay_ms: number
  readonly locktime_ms: number
  readonly proxy_qlen: number
  /** Packets; the kernel's unres_qlen. */
  readonly unres_qlen: number
  readonly unres_qlen_bytes: number
  readonly interval_probe_time_ms: number
}

export const NEIGH_DEFAULTS: NeighParms = Object.freeze({
  app_solicit: 0,
  ucast_solicit: 3,
  mcast_solicit: 3,
  mcast_resolicit: 0,
  retrans_time_ms: 1000,
  base_reachable_time_ms: 30000,
  delay_first_probe_time_ms: 5000,
  gc_stale_time_ms: 60000,
  anycast_delay_ms: 1000,
  proxy_delay_ms: 800,
  locktime_ms: 1000,
  proxy_qlen: 64,
  unres_qlen: 101,
  unres_qlen_bytes: 212992,
  interval_probe_time_ms: 5000,
})

/** Per-namespace knobs outside conf and neigh, by their path below /proc/sys/net with dots, e.g. ipv4.ip_default_ttl. */
export interface NetSysctls {
  readonly 'ipv4.ip_default_ttl': number
  readonly 'ipv4.ip_no_pmtu_disc': number
  readonly 'ipv4.ip_forward_use_pmtu': number
  readonly 'ipv4.ip_forward_update_priority': number
  readonly 'ipv4.ip_nonlocal_bind': number
  readonly 'ipv4.ip_local_port_range': readonly [number, number]
  readonly 'ipv4.ip_unprivileged_port_start': number
  readonly 'ipv4.ip_early_demux': number
  readonly 'ipv4.ping_group_range': readonly [number, number]
  readonly 'ipv4.icmp_echo_ignore_all': number
  readonly 'ipv4.icmp_echo_ignore_broadcasts': number
  readonly 'ipv4.icmp_ignore_bogus_error_responses': number
  readonly 'ipv4.icmp_errors_use_inbound_ifaddr': number
  readonly 'ipv4.icmp_ratelimit': number
  readonly 'ipv4.icmp_ratemask': number
  readonly 'ipv4.icmp_msgs_per_sec': number
  readonly 'ipv4.icmp_msgs_burst': number
  readonly 'ipv4.fib_multipath_hash_policy': number
  readonly 'ipv4.fib_multipath_use_neigh': number
  readonly 'ipv4.ipfrag_time': number
  readonly 'ipv4.ipfrag_high_thresh': number
  readonly 'ipv4.ipfrag_low_thresh': number
  readonly 'ipv4.ipfrag_max_dist': number
  readonly 'ipv4.fwmark_reflect': number
  readonly 'ipv4.tcp_fwmark_accept': number
  readonly 'ipv4.tcp_l3mdev_accept': number
  readonly 'ipv4.udp_l3mdev_accept': number
  readonly 'ipv4.raw_l3mdev_accept': number
  readonly 'ipv4.tcp_syn_retries': number
  readonly 'ipv4.tcp_synack_retries': number
  readonly 'ipv4.tcp_retries1': number
  readonly 'ipv4.tcp_retries2': number
  readonly 'ipv4.tcp_fin_timeout': number
  readonly 'ipv4.tcp_keepalive_time': number
  readonly 'ipv4.tcp_keepalive_intvl': number
  readonly 'ipv4.tcp_keepalive_probes': number
  readonly 'ipv4.tcp_timestamps': number
  readonly 'ipv4.tcp_window_scaling': number
  readonly 'ipv4.tcp_sack': number
  readonly 'ipv4.tcp_abort_on_overflow': number
  readonly 'ipv4.tcp_tw_reuse': number
  readonly 'ipv4.tcp_base_mss': number
  readonly 'ipv4.tcp_mtu_probing': number
  readonly 'ipv4.tcp_max_syn_backlog': number
  readonly 'ipv4.tcp_rmem': readonly [number, number, number]
  readonly 'ipv4.tcp_wmem': readonly [number, number, number]
  readonly 'ipv4.neigh.default.gc_thresh1': number
  readonly 'ipv4.neigh.default.gc_thresh2': number
  readonly 'ipv4.neigh.default.gc_thresh3': number
  readonly 'ipv4.neigh.default.gc_interval': number
  readonly 'ipv4.route.min_pmtu': number
  readonly 'ipv4.route.mtu_expires': number
  readonly 'ipv4.route.min_adv_mss': number
  readonly 'netfilter.nf_conntrack_acct': number
  readonly 'netfilter.nf_conntrack_buckets': number
  readonly 'netfilter.nf_conntrack_checksum': number
  readonly 'netfilter.nf_conntrack_events': number
  readonly 'netfilter.nf_conntrack_generic_timeout': number
  readonly 'netfilter.nf_conntrack_icmp_timeout': number
  readonly 'netfilter.nf_conntrack_log_invalid': number
  readonly 'netfilter.nf_conntrack_max': number
  readonly 'netfilter.nf_conntrack_tcp_be_liberal': number
  readonly 'netfilter.nf_conntrack_tcp_ignore_invalid_rst': number
  readonly 'netfilter.nf_conntrack_tcp_loose': number
  readonly 'netfilter.nf_conntrack_tcp_max_retrans': number
  readonly 'netfilter.nf_conntrack_tcp_timeout_close': number
  readonly 'netfilter.nf_conntrack_tcp_timeout_close_wait': number
  readonly 'netfilter.nf_conntrack_tcp_timeout_established': number
  readonly 'netfilter.nf_conntrack_tcp_timeout_fin_wait': number
  readonly 'netfilter.nf_conntrack_tcp_timeout_last_ack': number
  readonly 'netfilter.nf_conntrack_tcp_timeout_max_retrans': number
  readonly 'netfilter.nf_conntrack_tcp_timeout_syn_recv': number
  readonly 'netfilter.nf_conntrack_tcp_timeout_syn_sent': number
  readonly 'netfilter.nf_conntrack_tcp_timeout_time_wait': number
  readonly 'netfilter.nf_conntrack_tcp_timeout_unacknowledged': number
  readonly 'netfilter.nf_conntrack_udp_timeout': number
  readonly 'netfilter.nf_conntrack_udp_timeout_stream': number
  readonly 'netfilter.nf_log_all_netns': number
  readonly 'core.somaxconn': number
  readonly 'core.rmem_default': number
  readonly 'core.rmem_max': number
  readonly 'core.wmem_default': number
  readonly 'core.wmem_max': number
  /** What new namespaces take from the initial one: 0 and 1 its conf.all and conf.default, 2 nothing, 3 from their creator's. */
  readonly 'core.devconf_inherit_init_net': number
}

export type NetSysctlName = keyof NetSysctls

/** Defaults of a freshly booted Linux 6.1 (x86-64, ample memory); confirmed by test/kernel recordings. */
export const NET_SYSCTL_DEFAULTS: NetSysctls = Object.freeze({
  'ipv4.ip_default_ttl': 64,
  'ipv4.ip_no_pmtu_disc': 0,
  'ipv4.ip_forward_use_pmtu': 0,
  'ipv4.ip_forward_update_priority': 1,
  'ipv4.ip_nonlocal_bind': 0,
  'ipv4.ip_local_port_range': Object.freeze([32768, 60999] as const),
  'ipv4.ip_unprivileged_port_start': 1024,
  'ipv4.ip_early_demux': 1,
  'ipv4.ping_group_range': Object.freeze([1, 0] as const),
  'ipv4.icmp_echo_ignore_all': 0,
  'ipv4.icmp_echo_ignore_broadcasts': 1,
  'ipv4.icmp_ignore_bogus_error_responses': 1,
  'ipv4.icmp_errors_use_inbound_ifaddr': 0,
  'ipv4.icmp_ratelimit': 1000,
  'ipv4.icmp_ratemask': 6168,
  'ipv4.icmp_msgs_per_sec': 1000,
  'ipv4.icmp_msgs_burst': 50,
  'ipv4.fib_multipath_hash_policy': 0,
  'ipv4.fib_multipath_use_neigh': 0,
  'ipv4.ipfrag_time': 30,
  'ipv4.ipfrag_high_thresh': 4194304,
  'ipv4.ipfrag_low_thresh': 3145728,
  'ipv4.ipfrag_max_dist': 64,
  'ipv4.fwmark_reflect': 0,
  'ipv4.tcp_fwmark_accept': 0,
  'ipv4.tcp_l3mdev_accept': 0,
  'ipv4.udp_l3mdev_accept': 0,
  'ipv4.raw_l3mdev_accept': 1,
  'ipv4.tcp_syn_retries': 6,
  'ipv4.tcp_synack_retries': 5,
  'ipv4.tcp_retries1': 3,
  'ipv4.tcp_retries2': 15,
  'ipv4.tcp_fin_timeout': 60,
  'ipv4.tcp_keepalive_time': 7200,
  'ipv4.tcp_keepalive_intvl': 75,
  'ipv4.tcp_keepalive_probes': 9,
  'ipv4.tcp_timestamps': 1,
  'ipv4.tcp_window_scaling': 1,
  'ipv4.tcp_sack': 1,
  'ipv4.tcp_abort_on_overflow': 0,
  'ipv4.tcp_tw_reuse': 2,
  'ipv4.tcp_base_mss': 1024,
  'ipv4.tcp_mtu_probing': 0,
  'ipv4.tcp_max_syn_backlog': 512,
  'ipv4.tcp_rmem': Object.freeze([4096, 131072, 6291456] as const),
  'ipv4.tcp_wmem': Object.freeze([4096, 16384, 4194304] as const),
  'ipv4.neigh.default.gc_thresh1': 128,
  'ipv4.neigh.default.gc_thresh2': 512,
  'ipv4.neigh.default.gc_thresh3': 1024,
  'ipv4.neigh.default.gc_interval': 30,
  'ipv4.route.min_pmtu': 552,
  'ipv4.route.mtu_expires': 600,
  'ipv4.route.min_adv_mss': 256,
  'netfilter.nf_conntrack_acct': 0,
  'netfilter.nf_conntrack_buckets': 262144,
  'netfilter.nf_conntrack_checksum': 1,
  'netfilter.nf_conntrack_events': 2,
  'netfilter.nf_conntrack_generic_timeout': 600,
  'netfilter.nf_conntrack_icmp_timeout': 30,
  'netfilter.nf_conntrack_log_invalid': 0,
  'netfilter.nf_conntrack_max': 262144,
  'netfilter.nf_conntrack_tcp_be_liberal': 0,
  'netfilter.nf_conntrack_tcp_ignore_invalid_rst': 0,
  'netfilter.nf_conntrack_tcp_loose': 1,
  'netfilter.nf_conntrack_tcp_max_retrans': 3,
  'netfilter.nf_conntrack_tcp_timeout_close': 10,
  'netfilter.nf_conntrack_tcp_timeout_close_wait': 60,
  'netfilter.nf_conntrack_tcp_timeout_established': 432000,
  'netfilter.nf_conntrack_tcp_timeout_fin_wait': 120,
  'netfilter.nf_conntrack_tcp_timeout_last_ack': 30,
  'netfilter.nf_conntrack_tcp_timeout_max_retrans': 300,
  'netfilter.nf_conntrack_tcp_timeout_syn_recv': 60,
  'netfilter.nf_conntrack_tcp_timeout_syn_sent': 120,
  'netfilter.nf_conntrack_tcp_timeout_time_wait': 120,
  'netfilter.nf_conntrack_tcp_timeout_unacknowledged': 300,
  'netfilter.nf_conntrack_udp_timeout': 30,
  'netfilter.nf_conntrack_udp_timeout_stream': 120,
  'netfilter.nf_log_all_netns': 0,
  'core.somaxconn': 4096,
  'core.rmem_default': 212992,
  'core.rmem_max': 212992,
  'core.wmem_default': 212992,
  'core.wmem_max': 212992,
  'core.devconf_inherit_init_net': 0,
})
