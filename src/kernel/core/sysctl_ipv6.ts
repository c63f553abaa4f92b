// net.ipv6.conf.{all,default,DEV}.disable_ipv6 (net/ipv6/addrconf.c: addrconf_disable_ipv6): netsim has no IPv6, so it is off everywhere
// and stays off. Scripts that switch it off find it so; switching it on is refused. There are no other files below net.ipv6.
import type { NetNs } from './netns.ts'
import { confOf } from './sysctl_conf.ts'
import { parseNumbers } from './sysctl_parse.ts'
import type { Transaction } from './transaction.ts'

/** The directories, beside those of the devices. */
export const CONF6 = 'ipv6/conf'
const FILE = 'disable_ipv6'
const OFF = '1'

export function isDisableIpv6(net: NetNs, path: string): boolean {
  const [family, area, dir, name, more] = path.split('/')
  return `${family}/${area}` === CONF6 && name === FILE && more === undefined && confOf(net, dir!) !== null
}

export function disableIpv6Path(dir: string): string {
  return `${dir}/${FILE}`
}

export function readDisableIpv6(): string {
  return OFF
}

export function writeDisableIpv6(tx: Transaction, text: string): void {
  const value = parseNumbers(text, 1)?.[0]
  if (value === undefined) tx.refuse('EINVAL')
  if (String(value) !== OFF) tx.refuse('EOPNOTSUPP')
}
