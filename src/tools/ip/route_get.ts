// ip route get: which way the kernel would take. Read first: route_print.ts.
// Leaves out vrf, as, notify (refused by name).
import type { RouteGet } from '../../uapi/request.ts'
import { type Args, matches } from './args.ts'
import type { Context } from './context.ts'
import { EXIT_FAILURE, EXIT_REFUSED, invalidArgument, noDevice, notModelled } from './exit.ts'
import { ROUTE_HELP, usage } from './help.ts'
import { parseU16, parseU32 } from './numbers.ts'
import { type Family, parsePrefix } from './prefix.ts'
import { printClone, printRoute } from './route_print.ts'

type Draft = { -readonly [K in keyof RouteGet]?: RouteGet[K] } & {
  family: Family
  iifName?: string
  oifName?: string
  connected: boolean
}

function takeNumber(args: Args, parse: (text: string) => number | null, message: string): number {
  const text = args.next()
  return parse(text) ?? invalidArgument(message, text)
}

function takeFrom(args: Args, d: Draft): void {
  const text = args.next()
  if (matches(text, 'help')) usage(ROUTE_HELP)
  const p = parsePrefix(text, d.family)
  if (d.family === 'unspec') d.family = p.family
  if (p.bytes > 0) d.src = p.addr
}

function takeDestination(ctx: Context, first: string, args: Args, d: Draft): void {
  const text = first === 'to' ? args.next() : first
  if (matches(text, 'help')) usage(ROUTE_HELP)
  const p = parsePrefix(text, d.family)
  if (d.family === 'unspec') d.family = p.family
  d.dst = p.addr
  if (p.family === 'inet' && p.len !== 32) {
    ctx.error(`Warning: /${p.len} as prefix is invalid, only /32 (or none) is supported.\n`)
  }
}

function parse(ctx: Context, args: Args): Draft {
  const d: Draft = { family: ctx.opt.family, connected: false }
  const { names } = ctx
  while (args.more) {
    const key = args.take()
    if (key === 'tos' || matches(key, 'dsfield')) {
      d.tos = takeNumber(args, names.dsfieldId, 'TOS value is invalid\n')
    } else if (matches(key, 'from')) takeFrom(args, d)
    else if (matches(key, 'iif')) d.iifName = args.next()
    else if (matches(key, 'mark')) d.mark = takeNumber(args, parseU32, 'invalid mark value')
    else if (matches(key, 'oif') || key === 'dev') d.oifName = args.next()
    else if (matches(key, 'notify')) notModelled('ip route get notify')
    else if (matches(key, 'connected')) d.connected = true
    else if (matches(key, 'vrf')) invalidArgument('Invalid VRF\n', args.next())
    else if (matches(key, 'uid')) d.uid = takeNumber(args, parseU32, 'invalid UID\n')
    else if (matches(key, 'fibmatch')) d.fibmatch = true
    else if (key === 'as') notModelled('ip route get as')
    else if (matches(key, 'sport')) d.sport = takeNumber(args, parseU16, 'invalid sport\n')
    else if (matches(key, 'dport')) d.dport = takeNumber(args, parseU16, 'invalid dport\n')
    else if (matches(key, 'ipproto')) d.ipproto = takeNumber(args, names.ipprotoId, 'Invalid "ipproto" value\n')
    else takeDestination(ctx, key, args, d)
  }
  return d
}

export function getRoute(ctx: Context, args: Args): number {
  const { family: _, iifName, oifName, connected, ...given } = parse(ctx, args)
  if (given.dst === undefined) {
    ctx.error('need at least a destination address\n')
    return EXIT_FAILURE
  }
  const index = (name: string): number => ctx.index(name) || noDevice(name)
  const request: RouteGet = {
    ...given,
    dst: given.dst,
    ...(iifName === undefined ? {} : { iif: index(iifName) }),
    ...(oifName === undefined ? {} : { oif: index(oifName) }),
  }
  // "connected" asks a second time from the source address that the first answer gave
  for (let round = connected && given.src === undefined ? 0 : 1; round < 2; round++) {
    const r = ctx.talk('route.get', request)
    if (!r.ok) return EXIT_REFUSED
    ctx.out.begin(ctx.opt.json, ctx.opt.pretty)
    // with iif the kernel tells a uid only when it was asked for one
    const uid = request.iif === undefined || request.uid !== undefined
    if (!r.value.fibmatch && ctx.opt.stats > 0) notModelled('ip -s route get')
    if (r.value.fibmatch) printRoute(ctx, r.value.route)
    else printClone(ctx, r.value, uid && r.value.uid >= 0)
    ctx.out.end()
  }
  return 0
}
