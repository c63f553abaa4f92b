// How a policy rule is spelled: ip rule's lines and JSON objects, in the order of iproute2's print_rule.
// Read first: print_env.ts. Leaves out l3mdev, tun_id, realms and nat, which the kernel model has not.
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import { unreachable } from '../../lib/never.ts'
import type { RuleInfo } from '../../uapi/request.ts'
import { RTPROT_KERNEL, type Rule } from '../../uapi/route.ts'
import { type PrintEnv, plainEnv } from './print_env.ts'
import { routeTypeName } from './route_print.ts'

const hex = (n: number): string => (n === 0 ? '0' : `0x${(n >>> 0).toString(16)}`)

function printPrefix(env: PrintEnv, key: 'src' | 'dst', addr: Ip4, len: number): void {
  const { out } = env
  const text = formatIp4(addr)
  out.text(key === 'src' ? 'from ' : ' to ')
  out.field(key, text, text, 'inet')
  if (len !== 32) out.field(`${key}len`, len, `/${len}`)
}

function printMark(env: PrintEnv, rule: Rule): void {
  if (rule.mark === 0 && rule.markMask === 0) return
  env.out.field('fwmark', hex(rule.mark), ` fwmark ${hex(rule.mark)}`)
  if (rule.markMask >>> 0 !== 0xffffffff) env.out.field('fwmask', hex(rule.markMask), `/${hex(rule.markMask)}`)
}

function printDevice(env: PrintEnv, key: 'iif' | 'oif', name: string | null, detached: boolean): void {
  if (name === null) return
  env.out.text(` ${key} `)
  env.out.field(key, name, name, 'ifname')
  if (detached) env.out.field(`${key}_detached`, null, ' [detached]')
}

function printPorts(env: PrintEnv, key: 'sport' | 'dport', range: readonly [number, number] | null): void {
  if (range === null) return
  const [from, to] = range
  if (from === to) env.out.field(key, from, ` ${key} ${from}`)
  else {
    env.out.field(`${key}_start`, from, ` ${key} ${from}`)
    env.out.field(`${key}_end`, to, `-${to}`)
  }
}

/** What a packet must be for the rule to apply. */
function printSelector(env: PrintEnv, info: RuleInfo): void {
  const { out, names } = env
  const { rule } = info
  if (rule.invert) out.field('not', null, 'not ')
  if (rule.srcLen > 0) printPrefix(env, 'src', rule.src, rule.srcLen)
  else out.field('src', 'all', 'from all')
  if (rule.dstLen > 0) printPrefix(env, 'dst', rule.dst, rule.dstLen)
  if (rule.tos !== 0) {
    const tos = names.dsfieldName(rule.tos)
    out.field('tos', tos, ` tos ${tos}`)
  }
  printMark(env, rule)
  printDevice(env, 'iif', rule.iif, info.iifDetached)
  printDevice(env, 'oif', rule.oif, info.oifDetached)
  if (rule.uidrange !== null) {
    out.field('uid_start', rule.uidrange[0], ` uidrange ${rule.uidrange[0]}`)
    out.field('uid_end', rule.uidrange[1], `-${rule.uidrange[1]}`)
  }
  if (rule.ipproto !== 0) {
    const proto = names.ipprotoName(rule.ipproto)
    out.field('ipproto', proto, ` ipproto ${proto}`)
  }
  printPorts(env, 'sport', rule.sport)
  printPorts(env, 'dport', rule.dport)
}

function printTable(env: PrintEnv, rule: Rule): void {
  const { out, names } = env
  if (rule.table === 0) return
  const table = names.tableName(rule.table)
  out.field('table', table, ` lookup ${table}`)
  const length = rule.suppressPrefixlength
  if (length !== -1) out.field('suppress_prefixlen', length, ` suppress_prefixlength ${length}`)
  if (rule.suppressIfgroup !== -1) {
    const group = names.groupName(rule.suppressIfgroup)
    out.field('suppress_ifgroup', group, ` suppress_ifgroup ${group}`)
  }
}

function printAction(env: PrintEnv, info: RuleInfo): void {
  const { out } = env
  const { rule } = info
  switch (rule.action) {
    case 'lookup':
      return
    case 'goto':
      if (rule.goto === 0) out.field('goto', 'none', ' goto none')
      else out.field('goto', rule.goto, ` goto ${rule.goto}`)
      if (info.unresolved) out.field('unresolved', null, ' [unresolved]')
      return
    case 'nop':
      out.field('nop', null, ' nop')
      return
    case 'blackhole':
    case 'unreachable':
    case 'prohibit': {
      const action = routeTypeName(env, rule.action)
      out.field('action', action, ` ${action}`)
      return
    }
    default:
      unreachable(rule.action)
  }
}

/** One rule. Ends with a newline. */
export function printRule(env: PrintEnv, info: RuleInfo, deleted = false): void {
  const { out, names } = env
  const { rule } = info
  out.openObject()
  if (deleted) out.field('deleted', true, 'Deleted ')
  out.field('priority', rule.pref, `${rule.pref}:\t`)
  printSelector(env, info)
  printTable(env, rule)
  printAction(env, info)
  if ((rule.protocol !== 0 && rule.protocol !== RTPROT_KERNEL) || env.opt.details) {
    const proto = names.protoName(rule.protocol)
    out.field('protocol', proto, ` proto ${proto}`)
  }
  out.text('\n')
  out.closeObject()
}

/** The line of a listing, without the newline. */
export function formatRule(rule: Rule): string {
  const env = plainEnv((i) => `if${i}`)
  printRule(env, { rule, iifDetached: false, oifDetached: false, unresolved: false })
  return env.out.take().slice(0, -1)
}
