// net.ipv6.conf.{all,default,DEV}.disable_ipv6 (net/ipv6/addrconf.c: addrconf_disable_ipv6): netsim has no IPv6, so it is off everywhere
// and stays off. Scripts that switch it off find it so; switching it on is refused. There are no other files below net.ipv6.
import { parseNumbers } from './sysctl_parse.ts'
import type { Transaction } from './transaction.ts'

/** The directory with one for each device, all and default. */
export const CONF6 = 'ipv6/conf'
export const DISABLE_IPV6 = 'disable_ipv6'
/** What the file always holds. */
export const IPV6_OFF = '1'

export function writeDisableIpv6(tx: Transaction, text: string): void {
  const value = parseNumbers(text, 1)?.[0]
  if (value === undefined) tx.refuse('EINVAL')
  if (String(value) !== IPV6_OFF) tx.refuse('EOPNOTSUPP')
}
