// How an address is spelled: the inet lines of ip address and their JSON, in the order of iproute2's print_addrinfo.
// Read first: print_env.ts. Leaves out IPv6 and anycast, which the kernel does not keep for IPv4.
import { IFA_F_NOPREFIXROUTE, IFA_F_PERMANENT, IFA_F_SECONDARY, type IfAddr } from '../../uapi/link.ts'
import type { AddrInfo } from '../../uapi/request.ts'
import { type PrintEnv, plainEnv } from './print_env.ts'

const IFA_F_DEPRECATED = 0x20
export const IFA_F_MCAUTOJOIN = 0x400

/** INFINITY_LIFE_TIME, the way JSON shows "forever". */
const FOREVER = 0xffffffff

/** One kind of flag: its name on the command line and in listings. */
interface AddrFlag {
  readonly name: string
  readonly mask: number
  /** Cannot be set by a user. */
  readonly readonly: boolean
  readonly v6only: boolean
}

const flag = (name: string, mask: number, readonly: boolean, v6only: boolean): AddrFlag =>
  Object.freeze({ name, mask, readonly, v6only })

/** IFA_F_* in iproute2's order. */
export const ADDR_FLAGS: readonly AddrFlag[] = Object.freeze([
  flag('secondary', IFA_F_SECONDARY, true, false),
  flag('temporary', IFA_F_SECONDARY, true, false),
  flag('nodad', 0x02, false, true),
  flag('optimistic', 0x04, false, true),
  flag('dadfailed', 0x08, true, true),
  flag('home', 0x10, false, true),
  flag('deprecated', IFA_F_DEPRECATED, true, true),
  flag('tentative', 0x40, true, true),
  flag('permanent', IFA_F_PERMANENT, true, true),
  flag('mngtmpaddr', 0x100, false, true),
  flag('noprefixroute', IFA_F_NOPREFIXROUTE, false, false),
  flag('autojoin', IFA_F_MCAUTOJOIN, false, false),
  flag('stable-privacy', 0x800, true, true),
])

function printFlags(env: PrintEnv, flags: number): void {
  const { out } = env
  let left = flags
  for (const f of ADDR_FLAGS) {
    if (f.mask === IFA_F_PERMANENT) {
      if (!(left & f.mask)) out.field('dynamic', true, 'dynamic ')
    } else if (left & f.mask) out.field(f.name, true, `${f.name} `)
    left &= ~f.mask
  }
  if (left === 0) return
  const rest = left.toString(16).padStart(2, '0')
  out.field('ifa_flags', rest, `flags ${rest} `)
}

/** Seconds left of a lifetime (inet_fill_ifaddr); null is forever. */
function secondsLeft(addr: IfAddr, lifetime: number | null, now: number): number | null {
  if ((addr.flags & IFA_F_PERMANENT) !== 0 || lifetime === null) return null
  return Math.max(0, lifetime - Math.floor((now - addr.tstamp) / 1e9))
}

function printLifetimes(env: PrintEnv, addr: IfAddr): void {
  const { out } = env
  const words = (s: number | null): string => (s === null ? 'forever' : `${s}sec`)
  const preferred = secondsLeft(addr, addr.preferredLft, env.now())
  // the kernel counts the valid lifetime down only when the preferred one ends
  const valid = addr.preferredLft === null ? addr.validLft : secondsLeft(addr, addr.validLft, env.now())
  const shown = addr.flags & IFA_F_PERMANENT ? null : valid
  out.newLine()
  out.field('valid_life_time', shown ?? FOREVER, `       valid_lft ${words(shown)}`)
  out.field('preferred_life_time', preferred ?? FOREVER, ` preferred_lft ${words(preferred)}`)
}

/** Local address, peer, length and metric: all there is with -brief. */
function printPrefix(env: PrintEnv, addr: IfAddr): void {
  const { out } = env
  const local = env.host(addr.local)
  out.field('local', local, local, 'inet')
  if (addr.address !== addr.local) {
    const peer = env.host(addr.address)
    out.text(' peer ')
    out.field('address', peer, peer, 'inet')
  }
  out.field('prefixlen', addr.prefixlen, `/${addr.prefixlen} `)
  if (addr.metric !== 0) out.field('metric', addr.metric, `metric ${addr.metric} `)
}

/** One address; `header` puts the device before it ("3: eth0"), as -oneline, flush and monitor do. */
export function printAddr(env: PrintEnv, info: AddrInfo, header: boolean, deleted = false): void {
  const { out, names } = env
  const { addr } = info
  if (deleted) out.field('deleted', true, 'Deleted ')
  if (!env.opt.brief) {
    if (header) {
      const dev = env.name(info.ifindex)
      out.field('index', info.ifindex, `${info.ifindex}: `)
      out.field('dev', dev, dev)
    }
    out.field('family', 'inet', '    inet ')
  }
  printPrefix(env, addr)
  if (env.opt.brief) return
  if (addr.broadcast !== 0) {
    const brd = env.host(addr.broadcast)
    out.text('brd ')
    out.field('broadcast', brd, `${brd} `, 'inet')
  }
  const scope = names.scopeName(addr.scope)
  out.field('scope', scope, `scope ${scope} `)
  printFlags(env, addr.flags)
  if (addr.label !== '') out.field('label', addr.label, addr.label)
  printLifetimes(env, addr)
  out.text('\n')
}

/** "inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0", as ip address lists it, without the lifetimes. */
export function formatAddr(addr: IfAddr): string {
  const env = plainEnv((i) => `if${i}`)
  printAddr(env, { ifindex: 0, addr }, false)
  return env.out.take().trimStart().split('\n')[0]!
}
