// How rules are written: as iptables-save and -S spell them, and as the lines of -L.
// Read first: print_rule4, print_firewall (iptables/iptables.c), print_rule_details, save_rule_details (iptables/xshared.c).
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import { unreachable } from '../../lib/never.ts'
import {
  IPT_INV_DSTIP,
  IPT_INV_FRAG,
  IPT_INV_PROTO,
  IPT_INV_SRCIP,
  IPT_INV_VIA_IN,
  IPT_INV_VIA_OUT,
  type IptRule,
  type RuleTarget,
} from '../../uapi/netfilter.ts'
import type { Match } from '../../uapi/xt.ts'
import type { Target } from '../../uapi/xt_target.ts'
import type { PrintedRule, PrintNames, PrintOptions } from './extension.ts'
import { matchExtension, targetExtension } from './lookup.ts'
import { protocolName } from './protocols.ts'
import { prefixOf } from './values.ts'

const not = (flag: number): string => (flag === 0 ? '' : ' !')

function savedAddress(letter: string, addr: Ip4, mask: Ip4, invert: number): string {
  if (mask === 0 && addr === 0 && invert === 0) return ''
  return `${not(invert)} -${letter} ${formatIp4(addr)}/${prefixOf(mask) ?? formatIp4(mask)}`
}

/** "+" asks for nothing and is not written. */
function savedInterface(letter: string, name: string, invert: number): string {
  return name === '' || name === '+' ? '' : `${not(invert)} -${letter} ${name}`
}

function withOptions(head: string, options: string): string {
  return options === '' ? head : `${head} ${options}`
}

function savedMatch(m: Match): string {
  return withOptions(` -m ${m.name}`, matchExtension(m.name)?.save(m) ?? '')
}

function savedTarget(t: RuleTarget): string {
  switch (t.kind) {
    case 'none':
      return ''
    case 'verdict':
      return ` -j ${t.verdict}`
    case 'chain':
      return ` -${t.goto ? 'g' : 'j'} ${t.chain}`
    case 'target':
      return withOptions(` -j ${t.target.name}`, targetExtension(t.target.name)?.save(t.target) ?? '')
    default:
      return unreachable(t)
  }
}

/** The rule behind "-A CHAIN", each part with a blank before it; `counters` (" -c 1 2") stand before the target. */
export function savedRule(r: IptRule, counters: string): string {
  const { invert } = r
  let text = savedAddress('s', r.src, r.srcMask, invert & IPT_INV_SRCIP)
  text += savedAddress('d', r.dst, r.dstMask, invert & IPT_INV_DSTIP)
  text += savedInterface('i', r.iif, invert & IPT_INV_VIA_IN)
  text += savedInterface('o', r.oif, invert & IPT_INV_VIA_OUT)
  if (r.protocol > 0) text += `${not(invert & IPT_INV_PROTO)} -p ${protocolName(r.protocol) ?? r.protocol}`
  if (r.fragment) text += `${not(invert & IPT_INV_FRAG)} -f`
  for (const m of r.matches) text += savedMatch(m)
  return text + counters + savedTarget(r.target)
}

/** A rule as `iptables -S` spells it, without "-A CHAIN". */
export function iptRuleText(rule: IptRule): string {
  return savedRule(rule, '').slice(1)
}

/** What a rule names as its target. */
export function targetName(t: RuleTarget): string {
  switch (t.kind) {
    case 'none':
      return ''
    case 'verdict':
      return t.verdict
    case 'chain':
      return t.chain
    case 'target':
      return targetExtension(t.target.name)?.realName ?? t.target.name
    default:
      return unreachable(t)
  }
}

/** FMT_… */
export interface RowFormat extends PrintOptions {
  readonly counters: boolean
  readonly exact: boolean
  readonly interfaces: boolean
  readonly lineNumbers: boolean
  /** Columns; false is the one line that -A -v prints (FMT_PRINT_RULE). */
  readonly table: boolean
}

/** What -A -v and the like show of a rule. */
export const PRINT_RULE: RowFormat = Object.freeze({
  counters: false,
  exact: true,
  interfaces: true,
  lineNumbers: false,
  table: false,
  numeric: true,
})

/** xtables_print_num, with the blank behind it. */
export function numberText(n: number, exact: boolean, table: boolean): string {
  if (exact) return `${String(n).padStart(table ? 8 : 0)} `
  if (n <= 99999) return `${String(n).padStart(table ? 5 : 0)} `
  let rest = Math.floor((n + 500) / 1000)
  for (const unit of 'KMG') {
    if (rest <= 9999) return `${String(rest).padStart(table ? 4 : 0)}${unit} `
    rest = Math.floor((rest + 500) / 1000)
  }
  return `${String(rest).padStart(table ? 4 : 0)}T `
}

const column = (text: string, width: number, f: RowFormat): string => (f.table ? text.padEnd(width) : text)

/** One rule of -L. */
export function ruleRow(
  r: IptRule,
  number: number,
  packets: number,
  bytes: number,
  f: RowFormat,
  names: PrintNames,
): string {
  let text = f.lineNumbers ? `${column(String(number), 4, f)} ` : ''
  if (f.counters) text += numberText(packets, f.exact, true) + numberText(bytes, f.exact, true)
  text += `${column(targetName(r.target), 9, f)} ${protocolText(r, f)} `
  if (!f.table) text += 'opt '
  text += `${(r.invert & IPT_INV_FRAG) === 0 ? '-' : '!'}${r.fragment ? 'f' : '-'} `
  if (f.interfaces) text += interfaces(r, f)
  text += addressText(r.src, r.srcMask, r.invert & IPT_INV_SRCIP, f, names)
  text += destinationText(r, f, names)
  if (r.target.kind === 'chain' && r.target.goto) text += '[goto] '
  const rule: PrintedRule = { protocol: r.protocol, names }
  for (const m of r.matches) text += shown(matchExtension(m.name)?.print(m, f, rule))
  if (r.target.kind === 'target') text += shown(shownTarget(r.target.target, f, rule))
  return `${text}\n`
}

function shown(text: string | undefined): string {
  return text === undefined || text === '' ? '' : ` ${text}`
}

function shownTarget(t: Target, f: RowFormat, rule: PrintedRule): string | undefined {
  return targetExtension(t.name)?.print(t, f, rule)
}

function protocolText(r: IptRule, f: RowFormat): string {
  const name = protocolName(r.protocol, !f.numeric)
  const text = (f.numeric && f.table) || name === null ? String(r.protocol) : name
  return `${(r.invert & IPT_INV_PROTO) === 0 ? ' ' : '!'}${column(text, 4, f)}`
}

function interfaces(r: IptRule, f: RowFormat): string {
  const any = f.numeric ? '*' : 'any'
  const iif = `${(r.invert & IPT_INV_VIA_IN) === 0 ? '' : '!'}${r.iif === '' ? any : r.iif}`
  const oif = `${(r.invert & IPT_INV_VIA_OUT) === 0 ? '' : '!'}${r.oif === '' ? any : r.oif}`
  return f.table ? ` ${iif.padEnd(6)} ${oif.padEnd(6)} ` : `in ${iif} out ${oif} `
}

function addressText(addr: Ip4, mask: Ip4, invert: number, f: RowFormat, names: PrintNames): string {
  const sign = invert === 0 ? ' ' : '!'
  if (mask === 0 && !f.numeric) return `${sign}${column('anywhere', 19, f)} `
  const len = prefixOf(mask)
  const tail = len === 32 ? '' : `/${len ?? formatIp4(mask)}`
  return `${sign}${column((f.numeric ? formatIp4(addr) : names.nameOf(addr)) + tail, 19, f)} `
}

function destinationText(r: IptRule, f: RowFormat, names: PrintNames): string {
  const text = addressText(r.dst, r.dstMask, r.invert & IPT_INV_DSTIP, f, names)
  return f.table ? text : `${text[0]}-> ${text.slice(1, -1)}  `
}
