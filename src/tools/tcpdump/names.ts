// Names instead of numbers (tcpdump without -n) and names in filters: /etc/hosts and the well-known services.
// Leaves out DNS: a host that /etc/hosts does not name stays a number.
import { formatIp4, type Ip4, parseIp4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'
import type { Names } from '../../wire/print/printer.ts'
import type { FilterContext } from './filter.ts'
import { PROTOCOL_NAMES, serviceByName, serviceName } from './services.ts'

/** Plain data: address as text → its first name; every name → address. */
export interface Hosts {
  readonly byAddress: Readonly<Record<string, string>>
  readonly byName: Readonly<Record<string, Ip4>>
}

export function readHosts(sys: Sys): Hosts {
  const file = sys.readFile('/etc/hosts')
  const byAddress: Record<string, string> = {}
  const byName: Record<string, Ip4> = {}
  for (const line of file.ok ? file.value.split('\n') : []) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const addr = parseIp4(address)
    const first = names[0]
    if (addr === null || first === undefined) continue
    byAddress[address] ??= first
    for (const name of names) byName[name.toLowerCase()] ??= addr
  }
  return { byAddress, byName }
}

/** How packets are printed. */
export function printedNames(hosts: Hosts): Names {
  return {
    host: (a) => hosts.byAddress[formatIp4(a)] ?? null,
    port: serviceName,
    protocol: (p) => PROTOCOL_NAMES.get(p) ?? null,
  }
}

/** What a filter's names mean. */
export function filterContext(hosts: Hosts, link: FilterContext['link']): FilterContext {
  return { link, host: (name) => hosts.byName[name.toLowerCase()] ?? null, service: serviceByName }
}
