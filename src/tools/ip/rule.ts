// ip rule: its commands, and the selectors of show and flush, which iproute2 applies itself.
// Reference: iproute2 6.1, ip/iprule.c. Leaves out save and restore, whose dumps are netlink's own bytes.
import type { RuleInfo, RuleSpec } from '../../uapi/request.ts'
import type { Rule } from '../../uapi/route.ts'
import { ToolExit } from '../lib/exit.ts'
import { Args, matches } from './args.ts'
import type { Context } from './context.ts'
import { EXIT_FAILURE, EXIT_REFUSED, EXIT_USAGE, invalidArgument, notModelled } from './exit.ts'
import { RULE_HELP, usage } from './help.ts'
import { parsePortRange, parseU32, parseU32Range } from './numbers.ts'
import { type Prefix, parsePrefix, samePrefix } from './prefix.ts'
import { parseMark, parseRuleDraft, validIfname } from './rule_parse.ts'
import { printRule } from './rule_print.ts'

/** Null is "any". */
interface RuleFilter {
  pref: number | null
  invert: boolean
  src: Prefix | null
  dst: Prefix | null
  tos: number | null
  /** 0 is "any" for both, as in iproute2. */
  mark: number
  mask: number
  iif: string | null
  oif: string | null
  uidrange: readonly [number, number] | null
  ipproto: number
  sport: readonly [number, number] | null
  dport: readonly [number, number] | null
  table: number
  /** Looked at by flush only. */
  protocol: number | null
}

function takeValue<T>(args: Args, parse: (text: string) => T | null, message: string): T {
  const text = args.next()
  return parse(text) ?? invalidArgument(message, text)
}

function takeIfname(args: Args, what: string): string {
  const name = args.next()
  return validIfname(name) ? name : invalidArgument(`${what} not a valid ifname`, name)
}

function takeLate(ctx: Context, key: string, args: Args, f: RuleFilter): boolean {
  const { names } = ctx
  if (matches(key, 'lookup') || matches(key, 'table')) {
    f.table = takeValue(args, names.tableId, 'table id value is invalid\n')
  } else if (matches(key, 'from') || matches(key, 'src')) f.src = parsePrefix(args.next(), 'inet')
  else if (matches(key, 'protocol')) {
    const text = args.next()
    f.protocol = names.protoId(text)
    if (f.protocol === null && text !== 'all') invalidArgument('invalid "protocol"\n', text)
  } else if (key === 'ipproto') f.ipproto = takeValue(args, names.ipprotoId, 'Invalid "ipproto" value\n')
  else if (key === 'sport') f.sport = takeValue(args, parsePortRange, 'invalid port range\n')
  else if (key === 'dport') f.dport = takeValue(args, parsePortRange, 'invalid dport range\n')
  else return false
  return true
}

function takeEarly(ctx: Context, key: string, args: Args, f: RuleFilter): boolean {
  if (matches(key, 'preference') || matches(key, 'order') || matches(key, 'priority')) {
    f.pref = takeValue(args, parseU32, 'preference value is invalid\n')
  } else if (key === 'not') f.invert = true
  else if (key === 'tos' || key === 'dsfield') {
    f.tos = takeValue(args, ctx.names.dsfieldId, 'TOS value is invalid\n')
  } else if (key === 'fwmark') {
    const m = parseMark(args.next())
    f.mark = m.mark
    f.mask = m.mask ?? 0
  } else if (key === 'dev' || key === 'iif') f.iif = takeIfname(args, '"iif"/"dev"')
  else if (key === 'oif') f.oif = takeIfname(args, '"oif"')
  else if (key === 'l3mdev' || matches(key, 'tun_id')) notModelled(`ip rule ${key}`)
  else if (key === 'uidrange') f.uidrange = takeValue(args, parseU32Range, 'invalid UID range\n')
  else return false
  return true
}

function parseFilter(ctx: Context, args: Args): RuleFilter {
  const f: RuleFilter = {
    pref: null,
    invert: false,
    src: null,
    dst: null,
    tos: null,
    mark: 0,
    mask: 0,
    iif: null,
    oif: null,
    uidrange: null,
    ipproto: 0,
    sport: null,
    dport: null,
    table: 0,
    protocol: null,
  }
  while (args.more) {
    const key = args.take()
    if (takeEarly(ctx, key, args, f) || takeLate(ctx, key, args, f)) continue
    f.dst = parsePrefix(matches(key, 'dst') || matches(key, 'to') ? args.next() : key, 'inet')
  }
  return f
}

const inside = (p: Prefix | null, addr: number, len: number): boolean =>
  p === null || (p.len <= len && samePrefix(addr, p.addr, p.len))

const sameRange = (want: readonly [number, number] | null, got: readonly [number, number] | null): boolean =>
  want === null || (got !== null && want[0] === got[0] && want[1] === got[1])

/** A port range that starts at 0 selects everything. */
const samePorts = (want: readonly [number, number] | null, got: readonly [number, number] | null): boolean =>
  want === null || want[0] === 0 || sameRange(want, got)

function selected(f: RuleFilter, r: Rule): boolean {
  if (f.pref !== null && f.pref !== r.pref) return false
  if (f.invert && !r.invert) return false
  if (!inside(f.src, r.src, r.srcLen) || !inside(f.dst, r.dst, r.dstLen)) return false
  if (f.tos !== null && f.tos !== r.tos) return false
  if (f.mark !== 0 && f.mark !== r.mark) return false
  if (f.mask !== 0 && f.mask !== r.markMask) return false
  if (f.iif !== null && f.iif !== r.iif) return false
  if (f.oif !== null && f.oif !== r.oif) return false
  if (!sameRange(f.uidrange, r.uidrange)) return false
  if (f.ipproto !== 0 && f.ipproto !== r.ipproto) return false
  if (!samePorts(f.sport, r.sport) || !samePorts(f.dport, r.dport)) return false
  return f.table === 0 || f.table === r.table
}

function show(ctx: Context, args: Args): number {
  const f = parseFilter(ctx, args)
  const rules = ctx.dump('rule.list', {}, 'Dump')
  if (rules === null) return EXIT_FAILURE
  ctx.out.begin(ctx.opt.json, ctx.opt.pretty)
  for (const info of rules) if (selected(f, info.rule)) printRule(ctx, info)
  ctx.out.end()
  return 0
}

/** A rule as it was dumped, to be deleted. */
function exactSpec(r: Rule): RuleSpec {
  return {
    pref: r.pref,
    action: r.action,
    ...(r.table === 0 ? {} : { table: r.table }),
    ...(r.goto === 0 ? {} : { goto: r.goto }),
    invert: r.invert,
    ...(r.srcLen === 0 ? {} : { src: r.src, srcLen: r.srcLen }),
    ...(r.dstLen === 0 ? {} : { dst: r.dst, dstLen: r.dstLen }),
    ...(r.tos === 0 ? {} : { tos: r.tos }),
    ...(r.iif === null ? {} : { iif: r.iif }),
    ...(r.oif === null ? {} : { oif: r.oif }),
    ...(r.mark === 0 && r.markMask === 0 ? {} : { mark: r.mark, markMask: r.markMask }),
    ...(r.ipproto === 0 ? {} : { ipproto: r.ipproto }),
    ...(r.sport === null ? {} : { sport: r.sport }),
    ...(r.dport === null ? {} : { dport: r.dport }),
    ...(r.uidrange === null ? {} : { uidrange: r.uidrange }),
    ...(r.protocol === 0 ? {} : { protocol: r.protocol }),
  }
}

/** Every rule but that of preference 0, which has no priority attribute to go by. */
function flush(ctx: Context, args: Args): number {
  const f = parseFilter(ctx, args)
  const rules: readonly RuleInfo[] | null = ctx.dump('rule.list', {}, 'Dump')
  if (rules === null) return EXIT_FAILURE
  ctx.out.begin(ctx.opt.json, ctx.opt.pretty)
  for (const { rule } of rules) {
    if (rule.pref === 0 || !selected(f, rule)) continue
    if (f.protocol !== null && f.protocol !== rule.protocol) continue
    if (!ctx.talk('rule.del', exactSpec(rule)).ok) {
      ctx.error('Dump terminated\n')
      return EXIT_FAILURE
    }
  }
  ctx.out.end()
  return 0
}

function modify(ctx: Context, args: Args, command: 'add' | 'del'): number {
  if (!args.more) {
    ctx.error(`"ip rule ${command}" requires arguments.\n`)
    return EXIT_FAILURE
  }
  const draft = parseRuleDraft(args, ctx.opt.family, ctx.names, command === 'add')
  return ctx.talk(command === 'add' ? 'rule.add' : 'rule.del', draft).ok ? 0 : EXIT_REFUSED
}

export function rule(ctx: Context, words: readonly string[]): number {
  const args = new Args(words)
  if (!args.more) return show(ctx, args)
  const command = args.take()
  if (['list', 'lst', 'show'].some((w) => matches(command, w))) return show(ctx, args)
  for (const w of ['save', 'restore']) if (matches(command, w)) notModelled(`ip rule ${w}`)
  if (matches(command, 'add')) return modify(ctx, args, 'add')
  if (matches(command, 'delete')) return modify(ctx, args, 'del')
  if (matches(command, 'flush')) return flush(ctx, args)
  if (matches(command, 'help')) usage(RULE_HELP)
  throw new ToolExit(`Command "${command}" is unknown, try "ip rule help".\n`, EXIT_USAGE)
}
