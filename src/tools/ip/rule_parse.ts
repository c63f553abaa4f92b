// The words of a rule: selectors and actions of ip rule add and del. Read first: args.ts, prefix.ts.
// Leaves out (refused by name): l3mdev, tun_id, realms, nat, and actions that Linux has no meaning for.
import type { RuleSpec } from '../../uapi/request.ts'
import { RT_TABLE_MAIN, type RuleAction } from '../../uapi/route.ts'
import { type Args, matches } from './args.ts'
import { CommandFailure, invalidArgument, notModelled } from './exit.ts'
import { RULE_HELP, usage } from './help.ts'
import type { Names } from './names.ts'
import { parsePortRange, parseS32, parseU32, parseU32Range } from './numbers.ts'
import { type Family, type Prefix, parsePrefix } from './prefix.ts'
import { parseRouteType } from './route_parse.ts'

type RuleDraft = { -readonly [K in keyof RuleSpec]: RuleSpec[K] }

/** IFNAMSIZ and the characters that dev_valid_name refuses. */
export function validIfname(name: string): boolean {
  return name !== '' && name.length < 16 && !/[/\s]/.test(name)
}

/** fwmark VALUE[/MASK] */
export function parseMark(text: string): { readonly mark: number; readonly mask: number | null } {
  const slash = text.indexOf('/')
  const value = slash < 0 ? text : text.slice(0, slash)
  const mark = parseU32(value) ?? invalidArgument('fwmark value is invalid\n', value)
  if (slash < 0) return { mark, mask: null }
  const rest = text.slice(slash + 1)
  return { mark, mask: parseU32(rest) ?? invalidArgument('fwmask value is invalid\n', rest) }
}

function takeValue<T>(args: Args, parse: (text: string) => T | null, message: string): T {
  const text = args.next()
  return parse(text) ?? invalidArgument(message, text)
}

function takeIfname(args: Args, what: string): string {
  const name = args.next()
  return validIfname(name) ? name : invalidArgument(`${what} not a valid ifname`, name)
}

function setSource(d: RuleDraft, p: Prefix): void {
  if (p.bytes === 0) return
  d.src = p.addr
  d.srcLen = p.len
}

function setDestination(d: RuleDraft, p: Prefix): void {
  if (p.bytes === 0) return
  d.dst = p.addr
  d.dstLen = p.len
}

/** Addresses, priority, mark: the selectors proper. */
function takeSelector(key: string, args: Args, d: RuleDraft, family: Family, names: Names): boolean {
  if (key === 'not') d.invert = true
  else if (key === 'from') setSource(d, parsePrefix(args.next(), family))
  else if (key === 'to') setDestination(d, parsePrefix(args.next(), family))
  else if (matches(key, 'preference') || matches(key, 'order') || matches(key, 'priority')) {
    d.pref = takeValue(args, parseU32, 'preference value is invalid\n')
  } else if (key === 'tos' || matches(key, 'dsfield')) {
    d.tos = takeValue(args, names.dsfieldId, 'TOS value is invalid\n')
  } else if (key === 'fwmark') {
    const m = parseMark(args.next())
    d.mark = m.mark
    if (m.mask !== null) d.markMask = m.mask
  } else return false
  return true
}

/** Devices, users, ports: selectors that come later in iproute2's table. */
function takeLateSelector(key: string, args: Args, d: RuleDraft, names: Names): boolean {
  if (key === 'dev' || key === 'iif') d.iif = takeIfname(args, '"iif"/"dev"')
  else if (key === 'oif') d.oif = takeIfname(args, '"oif"')
  else if (key === 'uidrange') d.uidrange = takeValue(args, parseU32Range, 'invalid UID range\n')
  else if (key === 'ipproto') d.ipproto = takeValue(args, names.ipprotoId, 'Invalid "ipproto" value\n')
  else if (key === 'sport') d.sport = takeValue(args, parsePortRange, 'invalid port range\n')
  else if (key === 'dport') d.dport = takeValue(args, parsePortRange, 'invalid dport range\n')
  else return false
  return true
}

/** protocol, table and what suppresses its answers. */
function takeTable(key: string, args: Args, d: RuleDraft, names: Names): boolean {
  if (matches(key, 'protocol')) d.protocol = takeValue(args, names.protoId, '"protocol" value is invalid\n')
  else if (matches(key, 'table') || key === 'lookup') d.table = takeValue(args, names.tableId, 'invalid table ID\n')
  else if (matches(key, 'suppress_prefixlength') || key === 'sup_pl') {
    const length = (t: string): number | null => ((parseS32(t) ?? -1) < 0 ? null : parseS32(t))
    d.suppressPrefixlength = takeValue(args, length, 'suppress_prefixlength value is invalid\n')
  } else if (matches(key, 'suppress_ifgroup') || key === 'sup_group') {
    d.suppressIfgroup = takeValue(args, names.groupId, 'Invalid "suppress_ifgroup" value\n')
  } else return false
  return true
}

/** FR_ACT_* share their numbers with RTN_*. */
const ACTIONS: Readonly<Record<string, RuleAction>> = Object.freeze({
  unicast: 'lookup',
  local: 'goto',
  broadcast: 'nop',
  blackhole: 'blackhole',
  unreachable: 'unreachable',
  prohibit: 'prohibit',
})

function takeAction(first: string, args: Args, d: RuleDraft): void {
  const word = first === 'type' ? args.next() : first
  if (matches(word, 'help')) usage(RULE_HELP)
  if (matches(word, 'goto')) {
    d.action = 'goto'
    d.goto = takeValue(args, parseU32, 'invalid target\n')
  } else if (matches(word, 'nop')) d.action = 'nop'
  else {
    const type = parseRouteType(word) ?? invalidArgument('Failed to parse rule type', word)
    d.action = ACTIONS[type] ?? notModelled(`the rule action ${word}`)
  }
}

function refuseOption(key: string, args: Args): void {
  if (matches(key, 'realms')) {
    const text = args.next()
    if (!/^[0-9/]+$/.test(text)) invalidArgument('invalid realms\n', text)
    notModelled('ip rule realms')
  }
  if (matches(key, 'tun_id') || key === 'nat' || matches(key, 'map-to')) notModelled(`ip rule ${key}`)
}

/** iprule_modify's loop. `adding` fills in the table that iproute2 fills in. */
export function parseRuleDraft(args: Args, family: Family, names: Names, adding: boolean): RuleDraft {
  const d: RuleDraft = {}
  let l3mdev = false
  while (args.more) {
    const key = args.take()
    if (takeSelector(key, args, d, family, names)) continue
    // "proto" comes after "pref" and "prio"; realms come between
    refuseOption(key, args)
    if (takeTable(key, args, d, names) || takeLateSelector(key, args, d, names)) continue
    if (key === 'l3mdev') l3mdev = true
    else takeAction(key, args, d)
  }
  if (l3mdev && d.table !== undefined && d.table !== 0) {
    throw new CommandFailure('table can not be specified for l3mdev rules\n', 22)
  }
  if (l3mdev) notModelled('ip rule l3mdev')
  if (adding && d.action === undefined) {
    d.action = 'lookup'
    d.table ??= RT_TABLE_MAIN
  }
  return d
}
