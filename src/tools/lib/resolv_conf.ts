// /etc/resolv.conf and /etc/hosts as resolvers read them. Read first: resolv.conf(5), hosts(5).
// Leaves out IPv6 addresses (lines and servers that have one are passed over), sortlist, nsswitch.conf.
import { INADDR_LOOPBACK, type Ip4, parseIp4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'

export interface ResolvConf {
  /** As the file says; empty when it names none. */
  readonly servers: Ip4[]
  search: string[]
  ndots: number
  timeout: number
  attempts: number
  rotate: boolean
}

export function readResolvConf(sys: Sys): ResolvConf {
  const c: ResolvConf = { servers: [], search: [], ndots: 1, timeout: 5, attempts: 2, rotate: false }
  const file = sys.readFile('/etc/resolv.conf')
  for (const line of file.ok ? file.value.split('\n') : []) {
    if (/^[#;]/.test(line)) continue
    const [key, ...values] = line.trim().split(/\s+/)
    const server = key === 'nameserver' ? parseIp4(values[0] ?? '') : null
    if (server !== null && c.servers.length < 3) c.servers.push(server)
    else if (key === 'search') c.search = values
    else if (key === 'domain') c.search = values.slice(0, 1)
    else if (key === 'options') for (const v of values) option(c, v)
  }
  return c
}

function option(c: ResolvConf, text: string): void {
  if (text === 'rotate') c.rotate = true
  const m = /^(ndots|timeout|attempts):(\d+)/.exec(text)
  if (m === null) return
  const n = Number(m[2])
  if (m[1] === 'ndots') c.ndots = Math.min(15, n)
  else if (m[1] === 'timeout') c.timeout = Math.min(30, n)
  else c.attempts = Math.min(5, n)
}

/** The servers that are asked: 127.0.0.1 when the file names none. */
export function nameServers(c: ResolvConf): readonly Ip4[] {
  return c.servers.length > 0 ? c.servers : [INADDR_LOOPBACK]
}

export interface HostsEntry {
  readonly address: Ip4
  readonly names: readonly string[]
}

/** Lines of a hosts file that hold IPv4 addresses. */
export function readHosts(sys: Sys, path = '/etc/hosts'): HostsEntry[] {
  const file = sys.readFile(path)
  const found: HostsEntry[] = []
  for (const line of file.ok ? file.value.split('\n') : []) {
    const [text, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const address = parseIp4(text ?? '')
    if (address !== null && names.length > 0) found.push({ address, names })
  }
  return found
}

export interface HostEntry {
  readonly canonical: string
  readonly aliases: readonly string[]
  readonly addresses: readonly Ip4[]
}

/** Every line with that name (host.conf: multi on); null when there is none. */
export function hostByName(sys: Sys, name: string): HostEntry | null {
  const wanted = name.toLowerCase()
  const lines = readHosts(sys).filter((h) => h.names.some((n) => n.toLowerCase() === wanted))
  const first = lines[0]
  if (first === undefined) return null
  const canonical = first.names[0]!
  const aliases = new Set(lines.flatMap((h) => h.names).filter((n) => n !== canonical))
  return { canonical, aliases: [...aliases], addresses: lines.map((h) => h.address) }
}

export function hostByAddress(sys: Sys, address: Ip4): HostEntry | null {
  const line = readHosts(sys).find((h) => h.address === address)
  if (line === undefined) return null
  return { canonical: line.names[0]!, aliases: line.names.slice(1), addresses: [address] }
}
