// ip route show and flush: the selectors, which iproute2 applies itself to what the kernel dumps.
// Read first: route_print.ts. Leaves out vrf and realms (refused by name).
import { type Route, RT_TABLE_MAIN } from '../../uapi/route.ts'
import { type Args, matches } from './args.ts'
import type { Context } from './context.ts'
import { EXIT_FAILURE, EXIT_REFUSED, invalidArgument, noDevice, notModelled } from './exit.ts'
import { ROUTE_HELP, usage } from './help.ts'
import { parseU32 } from './numbers.ts'
import { type Prefix, parsePrefix, samePrefix } from './prefix.ts'
import { exactSpec } from './route_modify.ts'
import { parseRouteType } from './route_parse.ts'
import { printClone, printRoute, type RouteShown } from './route_print.ts'

/** Null is "any". */
interface RouteFilter {
  /** 0 for all. */
  table: number
  cloned: boolean
  protocol: number | null
  scope: number | null
  type: string | null
  tos: number | null
  metric: number | null
  iif: number | null
  oif: number | null
  mark: number | null
  via: Prefix | null
  prefsrc: Prefix | null
  /** root: inside it. */
  root: Prefix | null
  /** match: it is inside. */
  match: Prefix | null
  source: boolean
}

function emptyFilter(): RouteFilter {
  return {
    table: RT_TABLE_MAIN,
    cloned: false,
    protocol: null,
    scope: null,
    type: null,
    tos: null,
    metric: null,
    iif: null,
    oif: null,
    mark: null,
    via: null,
    prefsrc: null,
    root: null,
    match: null,
    source: false,
  }
}

function takeTable(ctx: Context, args: Args, f: RouteFilter): void {
  const text = args.next()
  const id = ctx.names.tableId(text)
  if (id !== null) f.table = id
  else if (text === 'all') f.table = 0
  else if (text === 'cache') f.cloned = true
  else if (text === 'help') usage(ROUTE_HELP)
  else invalidArgument('table id value is invalid\n', text)
}

/** A name, or "all" for any. */
function takeNameOrAll(args: Args, id: (text: string) => number | null, message: string): number | null {
  const text = args.next()
  const n = id(text)
  if (n === null && text !== 'all') invalidArgument(message, text)
  return n
}

function takeType(args: Args): string {
  const text = args.next()
  return parseRouteType(text) ?? invalidArgument('node type value is invalid\n', text)
}

function takeNumber(args: Args, message: string): number {
  const text = args.next()
  return parseU32(text) ?? invalidArgument(message, text)
}

/** [ root | match | exact ] PREFIX, of the destination or (after "from") of the source. */
function takeSelector(ctx: Context, first: string, args: Args): Pick<RouteFilter, 'root' | 'match'> {
  const family = ctx.opt.family
  if (matches(first, 'root')) return { root: parsePrefix(args.next(), family), match: null }
  if (matches(first, 'match')) return { root: null, match: parsePrefix(args.next(), family) }
  const p = parsePrefix(matches(first, 'exact') ? args.next() : first, family)
  return { root: p, match: p }
}

function takeVia(ctx: Context, args: Args): Prefix {
  let text = args.next()
  if (['inet6', 'mpls', 'bridge', 'link'].includes(text)) notModelled(`a gateway of family ${text}`)
  const family = text === 'inet' ? 'inet' : ctx.opt.family
  if (text === 'inet') text = args.next()
  return parsePrefix(text, family)
}

function takeWord(ctx: Context, key: string, args: Args, f: RouteFilter): boolean {
  const { names } = ctx
  if (matches(key, 'table')) takeTable(ctx, args, f)
  else if (matches(key, 'vrf')) invalidArgument('Invalid VRF\n', args.next())
  else if (matches(key, 'cached') || matches(key, 'cloned')) f.cloned = true
  else if (key === 'tos' || matches(key, 'dsfield')) {
    const text = args.next()
    f.tos = names.dsfieldId(text) ?? invalidArgument('TOS value is invalid\n', text)
  } else if (matches(key, 'protocol')) f.protocol = takeNameOrAll(args, names.protoId, 'invalid "protocol"\n')
  else if (matches(key, 'scope')) f.scope = takeNameOrAll(args, names.scopeId, 'invalid "scope"\n')
  else if (matches(key, 'type')) f.type = takeType(args)
  else if (key === 'mark') f.mark = takeNumber(args, 'invalid mark value')
  else if (matches(key, 'metric') || matches(key, 'priority') || key === 'preference') {
    f.metric = takeNumber(args, '"metric" value is invalid\n')
  } else if (key === 'via') f.via = takeVia(ctx, args)
  else if (key === 'src') f.prefsrc = parsePrefix(args.next(), ctx.opt.family)
  else if (matches(key, 'realms')) notModelled('ip route show realms')
  else if (matches(key, 'from')) {
    const s = takeSelector(ctx, args.next(), args)
    f.source = (s.root?.len ?? 0) > 0 || s.root?.family === 'inet'
  } else return false
  return true
}

/** The selectors; the devices are looked up when all is read. */
function parseFilter(ctx: Context, args: Args): RouteFilter {
  const f = emptyFilter()
  let oif: string | null = null
  let iif: string | null = null
  while (args.more) {
    const key = args.take()
    if (key === 'dev' || key === 'oif') oif = args.next()
    else if (key === 'iif') iif = args.next()
    else if (!takeWord(ctx, key, args, f)) {
      const s = takeSelector(ctx, matches(key, 'to') ? args.next() : key, args)
      f.root = s.root ?? f.root
      f.match = s.match ?? f.match
    }
  }
  const index = (name: string): number => ctx.index(name) || noDevice(name)
  if (iif !== null) f.iif = index(iif)
  if (oif !== null) f.oif = index(oif)
  return f
}

/** Does the prefix say anything? ("any" does not, "default" does.) */
const tells = (p: Prefix | null): p is Prefix => p !== null && (p.family === 'inet' || p.specified)

function selected(f: RouteFilter, r: Route): boolean {
  const only = r.nexthops.length === 1 ? r.nexthops[0] : undefined
  if (f.table !== 0 && f.table !== r.table) return false
  if (f.protocol !== null && f.protocol !== r.protocol) return false
  if (f.scope !== null && f.scope !== r.scope) return false
  if (f.type !== null && f.type !== r.type) return false
  if (f.tos !== null && f.tos !== r.tos) return false
  if (tells(f.root) && (f.root.len > r.len || !samePrefix(r.dst, f.root.addr, f.root.len))) return false
  if (tells(f.match) && (f.match.len < r.len || !samePrefix(r.dst, f.match.addr, r.len))) return false
  if (f.via?.family === 'inet' && !samePrefix(only?.gateway ?? 0, f.via.addr, f.via.len)) return false
  if (f.prefsrc?.family === 'inet' && !samePrefix(r.prefsrc, f.prefsrc.addr, f.prefsrc.len)) return false
  if (f.iif !== null || (f.mark !== null && f.mark !== 0) || f.source) return false
  if (f.oif !== null && f.oif !== (only?.oif ?? 0)) return false
  return f.metric === null || f.metric === r.metric
}

/** What was asked for is not repeated. */
function shown(f: RouteFilter): RouteShown {
  return {
    table: f.table === 0,
    tos: f.tos === null,
    gateway: f.via?.len !== 32,
    dev: f.oif === null,
    protocol: f.protocol === null,
    scope: f.scope === null,
    prefsrc: f.prefsrc?.len !== 32,
    metric: f.metric === null,
  }
}

/** Nothing to say about table main when it does not exist: the one whose absence is no error. */
function absent(ctx: Context, f: RouteFilter): boolean {
  if (f.table !== RT_TABLE_MAIN) return false
  const r = ctx.request('route.list', { table: f.table })
  return !r.ok && r.errno === 'ENOENT'
}

function dump(ctx: Context, f: RouteFilter, what: string): readonly Route[] | null {
  if (absent(ctx, f)) return []
  return ctx.dump('route.list', f.table === 0 ? {} : { table: f.table }, what)
}

function showCache(ctx: Context, f: RouteFilter): number {
  if (ctx.opt.stats > 0) notModelled('ip -s route show cache')
  const entries = absent(ctx, f) ? [] : ctx.dump('route.cache', f.table === 0 ? {} : { table: f.table }, 'Dump')
  if (entries === null) return EXIT_REFUSED
  const parts = shown(f)
  ctx.out.begin(ctx.opt.json, ctx.opt.pretty)
  for (const e of entries) if (selected(f, e.route)) printClone(ctx, e, false, parts)
  ctx.out.end()
  return 0
}

export function showRoutes(ctx: Context, args: Args): number {
  const f = parseFilter(ctx, args)
  if (f.cloned) return showCache(ctx, f)
  const routes = dump(ctx, f, 'Dump')
  if (routes === null) return EXIT_REFUSED
  const parts = shown(f)
  ctx.out.begin(ctx.opt.json, ctx.opt.pretty)
  for (const r of routes) if (selected(f, r)) printRoute(ctx, r, parts)
  ctx.out.end()
  return 0
}

function flushCache(ctx: Context): number {
  ctx.change('route.flushCache', {})
  if (ctx.opt.stats > 0) ctx.out.text('*** IPv4 routing cache is flushed.\n')
  return 0
}

/** More rounds than any table needs: deleting what the dump showed leaves nothing for the next. */
const MAX_ROUNDS = 100

export function flushRoutes(ctx: Context, args: Args): number {
  if (!args.more) {
    ctx.error('"ip route flush" requires arguments.\n')
    return EXIT_FAILURE
  }
  const f = parseFilter(ctx, args)
  if (f.cloned) return flushCache(ctx)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const all = dump(ctx, f, 'Flush')
    if (all === null) return EXIT_REFUSED
    const routes = all.filter((r) => selected(f, r))
    if (routes.length === 0) {
      const done = `*** Flush is complete after ${round} round${round > 1 ? 's' : ''} ***\n`
      if (ctx.opt.stats > 0) ctx.out.text(round === 0 ? 'Nothing to flush.\n' : done)
      return 0
    }
    for (const r of routes) {
      if (ctx.opt.stats > 1) printRoute(ctx, r, shown(f))
      ctx.request('route.del', { route: exactSpec(r) })
    }
    if (ctx.opt.stats > 0) ctx.out.text(`\n*** Round ${round + 1}, deleting ${routes.length} entries ***\n`)
  }
  ctx.error(`*** Flush remains incomplete after ${MAX_ROUNDS} rounds. ***\n`)
  return EXIT_FAILURE
}
