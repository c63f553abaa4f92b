// Connection tracking's sysctls, as packets read them: compiled once per configuration (struct nf_tcp_net, nf_udp_net …).
import type { NetSysctls } from '../../../uapi/sysctl.ts'
import type { NetNs } from '../../core/netns.ts'

const SECOND = 1e9

export class CtConf {
  /** Derived from configuration alone: copies of a machine share it. */
  static readonly shared = true
  readonly of: NetSysctls
  readonly max: number
  readonly acct: boolean
  /** 0 none, 1 always, 2 while somebody listens. */
  readonly events: number
  readonly checksum: boolean
  readonly logInvalid: number
  readonly beLiberal: boolean
  readonly ignoreInvalidRst: boolean
  readonly loose: boolean
  readonly maxRetrans: number
  /** Nanoseconds. */
  readonly generic: number
  readonly icmp: number
  readonly udp: number
  readonly udpStream: number
  /** By index into TCP_CONNTRACK_STATES, then the two of special situations. */
  readonly tcp: readonly number[]
  readonly tcpRetrans: number
  readonly tcpUnack: number

  constructor(s: NetSysctls) {
    const t = (
      name: 'close' | 'close_wait' | 'established' | 'fin_wait' | 'last_ack' | 'syn_recv' | 'syn_sent' | 'time_wait',
    ) => s[`netfilter.nf_conntrack_tcp_timeout_${name}`] * SECOND
    this.of = s
    this.max = s['netfilter.nf_conntrack_max']
    this.acct = s['netfilter.nf_conntrack_acct'] !== 0
    this.events = s['netfilter.nf_conntrack_events']
    this.checksum = s['netfilter.nf_conntrack_checksum'] !== 0
    this.logInvalid = s['netfilter.nf_conntrack_log_invalid']
    this.beLiberal = s['netfilter.nf_conntrack_tcp_be_liberal'] !== 0
    this.ignoreInvalidRst = s['netfilter.nf_conntrack_tcp_ignore_invalid_rst'] !== 0
    this.loose = s['netfilter.nf_conntrack_tcp_loose'] !== 0
    this.maxRetrans = s['netfilter.nf_conntrack_tcp_max_retrans']
    this.generic = s['netfilter.nf_conntrack_generic_timeout'] * SECOND
    this.icmp = s['netfilter.nf_conntrack_icmp_timeout'] * SECOND
    this.udp = s['netfilter.nf_conntrack_udp_timeout'] * SECOND
    this.udpStream = s['netfilter.nf_conntrack_udp_timeout_stream'] * SECOND
    this.tcp = [
      0,
      t('syn_sent'),
      t('syn_recv'),
      t('established'),
      t('fin_wait'),
      t('close_wait'),
      t('last_ack'),
      t('time_wait'),
      t('close'),
      t('syn_sent'),
    ]
    this.tcpRetrans = s['netfilter.nf_conntrack_tcp_timeout_max_retrans'] * SECOND
    this.tcpUnack = s['netfilter.nf_conntrack_tcp_timeout_unacknowledged'] * SECOND
  }
}

/** The namespace's values as they are now. */
export function ctConf(net: NetNs): CtConf {
  const known = net.nf.ctConf
  const now = net.cfg.sysctl
  if (known !== null && known.of === now) return known
  const conf = new CtConf(now)
  net.nf.ctConf = conf
  return conf
}
