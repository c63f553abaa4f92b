// ip link show and ip address show: which links and addresses, and in what order they are printed.
// Reference: iproute2 6.1, ipaddr_list_flush_or_save. Leaves out masters and VRFs, which no device here has.
import { fnmatch } from '../../lib/pattern.ts'
import { IFF_UP } from '../../uapi/link.ts'
import type { AddrInfo, LinkInfo } from '../../uapi/request.ts'
import { ADDR_FLAGS, printAddr } from './address_print.ts'
import type { Args } from './args.ts'
import { matches } from './args.ts'
import type { Context } from './context.ts'
import { CommandFailure, duplicateOrGarbage, EXIT_FAILURE, invalidArgument } from './exit.ts'
import { ADDRESS_HELP, LINK_HELP, usage } from './help.ts'
import { printLink } from './link_print.ts'
import { printStats } from './link_stats.ts'
import { type Family, type Prefix, parsePrefix, samePrefix } from './prefix.ts'

/** The selectors; null is "any". */
export interface AddrFilter {
  family: Family
  dev: string | null
  ifindex: number
  prefix: Prefix | null
  scope: number | null
  up: boolean
  label: string | null
  group: number | null
  /** A master that exists: no device here has one. */
  master: boolean
  kind: string | null
  slave: boolean
  flags: number
  flagMask: number
}

/** get_filter: [-]permanent, dynamic, secondary, primary … False when the word is no flag. */
function takeFlag(word: string, f: AddrFilter): boolean {
  let inverted = word.startsWith('-')
  let name = inverted ? word.slice(1) : word
  if (name === 'dynamic' || name === 'primary') {
    inverted = !inverted
    name = name === 'dynamic' ? 'permanent' : 'secondary'
  }
  const flag = ADDR_FLAGS.find((x) => x.name === name)
  if (flag === undefined) return false
  f.flags = inverted ? f.flags & ~flag.mask : f.flags | flag.mask
  f.flagMask |= flag.mask
  return true
}

function takeScope(ctx: Context, args: Args, f: AddrFilter): void {
  const text = args.next()
  f.scope = ctx.names.scopeId(text)
  if (f.scope === null && text !== 'all') invalidArgument('invalid "scope"\n', text)
}

function takePrefix(args: Args, f: AddrFilter): void {
  f.prefix = parsePrefix(args.next(), f.family)
  if (f.family === 'unspec') f.family = f.prefix.family
}

function takeMaster(ctx: Context, args: Args, f: AddrFilter, vrf: boolean): void {
  const text = args.next()
  if (vrf) invalidArgument('Not a valid VRF name\n', text)
  if (ctx.index(text) === 0) invalidArgument('Device does not exist\n', text)
  f.master = true
}

function takeGroup(ctx: Context, args: Args, f: AddrFilter): void {
  const text = args.next()
  f.group = ctx.names.groupId(text) ?? invalidArgument('Invalid "group" value\n', text)
}

function takeType(args: Args, f: AddrFilter): void {
  const text = args.next()
  f.slave = text.endsWith('_slave')
  f.kind = f.slave ? null : text
}

function takeWord(ctx: Context, key: string, args: Args, f: AddrFilter): boolean {
  if (key === 'to') takePrefix(args, f)
  else if (key === 'scope') takeScope(ctx, args, f)
  else if (key === 'up') f.up = true
  else if (takeFlag(key, f)) return true
  else if (key === 'label') f.label = args.next()
  else if (key === 'group') takeGroup(ctx, args, f)
  else if (key === 'master' || key === 'vrf') takeMaster(ctx, args, f, key === 'vrf')
  else if (key === 'type') takeType(args, f)
  else return key === 'nomaster'
  return true
}

export function parseAddrFilter(ctx: Context, args: Args, family: Family, doLink: boolean): AddrFilter {
  const f: AddrFilter = {
    family,
    dev: null,
    ifindex: 0,
    prefix: null,
    scope: null,
    up: false,
    label: null,
    group: null,
    master: false,
    kind: null,
    slave: false,
    flags: 0,
    flagMask: 0,
  }
  while (args.more) {
    const key = args.take()
    if (takeWord(ctx, key, args, f)) continue
    const name = key === 'dev' ? args.next() : key
    if (key !== 'dev' && matches(key, 'help')) usage(doLink ? LINK_HELP : ADDRESS_HELP)
    if (f.dev !== null) duplicateOrGarbage('dev', name)
    f.dev = name
  }
  if (f.dev !== null) {
    f.ifindex = ctx.index(f.dev)
    if (f.ifindex === 0) throw new CommandFailure(`Device "${f.dev}" does not exist.\n`)
  }
  return f
}

/** print_addrinfo's filter. */
export function addrSelected(f: AddrFilter, info: AddrInfo): boolean {
  const { addr } = info
  if (f.ifindex !== 0 && f.ifindex !== info.ifindex) return false
  if (f.family === 'link') return false
  if (f.scope !== null && f.scope !== addr.scope) return false
  if (((f.flags ^ addr.flags) & f.flagMask) !== 0) return false
  if (f.label !== null && !fnmatch(f.label, addr.label)) return false
  const p = f.prefix
  return p === null || p.family !== 'inet' || p.len === 0 || samePrefix(addr.local, p.addr, p.len)
}

/** ipaddr_filter: a link stays when one of its addresses is selected, or when it has none and the family is open. */
function keepLink(f: AddrFilter, info: LinkInfo, addrs: readonly AddrInfo[]): boolean {
  const own = addrs.filter((a) => a.ifindex === info.link.ifindex)
  if (own.length === 0) return f.family === 'unspec'
  return own.some((a) => addrSelected(f, a))
}

/** print_linkinfo's filter: what is printed of the link itself. */
type Shown = 'hidden' | 'addresses' | 'all'

function linkShown(f: AddrFilter, info: LinkInfo): Shown {
  if (f.up && !(info.link.flags & IFF_UP)) return 'hidden'
  if (f.label !== null) return 'addresses'
  if (f.group !== null && f.group !== info.link.group) return 'hidden'
  return f.slave ? 'hidden' : 'all'
}

/** What the kernel's own filter of a dump lets through: master and kind. */
function dumped(f: AddrFilter, info: LinkInfo): boolean {
  return !f.master && (f.kind === null || f.kind === info.link.kind)
}

function listLinks(ctx: Context, f: AddrFilter): readonly LinkInfo[] | null {
  if (f.ifindex !== 0) {
    const r = ctx.talk('link.get', { dev: f.ifindex })
    if (!r.ok) return null
    ctx.remember(r.value)
    return [r.value]
  }
  const r = ctx.dump('link.list', {}, 'Dump')
  for (const info of r ?? []) ctx.remember(info)
  return r === null ? null : r.filter((info) => dumped(f, info))
}

function printAddresses(ctx: Context, f: AddrFilter, info: LinkInfo, addrs: readonly AddrInfo[]): void {
  const { out, opt } = ctx
  out.openArray('addr_info')
  for (const a of addrs) {
    if (a.ifindex !== info.link.ifindex || (f.up && !(info.link.flags & IFF_UP))) continue
    out.openObject()
    if (addrSelected(f, a)) printAddr(ctx, a, opt.oneline)
    out.closeObject()
  }
  out.closeArray()
  if (opt.brief) out.text('\n')
}

/** One link with its addresses: an object in JSON even when nothing of it is shown. */
function printEntry(ctx: Context, f: AddrFilter, info: LinkInfo, addrs: readonly AddrInfo[], doLink: boolean): void {
  const { out, opt } = ctx
  const withAddresses = f.family !== 'link'
  const noLink = withAddresses && opt.oneline && !opt.brief
  const shown = noLink ? 'addresses' : linkShown(f, info)
  const lladdr = f.family === 'unspec' || f.family === 'link'
  out.openObject()
  if (shown === 'all') printLink(ctx, info, { doLink, queue: true, lladdr })
  if (shown !== 'hidden' && withAddresses) printAddresses(ctx, f, info, addrs)
  if (shown === 'all' && !opt.brief && !doLink && opt.stats > 0) {
    printStats(ctx, info)
    out.newLine()
  }
  out.closeObject()
}

/** "ip link show DEV": one request by name, whose answer the filter may still hide. */
function showOneLink(ctx: Context, f: AddrFilter): number {
  const info = ctx.link(f.ifindex)
  if (info === null) throw new CommandFailure(`Device "${f.dev}" does not exist.\n`)
  ctx.out.begin(ctx.opt.json, ctx.opt.pretty)
  ctx.out.openObject()
  const wrongKind = f.kind !== null && f.kind !== info.link.kind
  if (!f.master && !wrongKind && linkShown(f, info) === 'all') {
    printLink(ctx, info, { doLink: true, queue: true, lladdr: true })
  }
  ctx.out.closeObject()
  ctx.out.end()
  return 0
}

export function showLinks(ctx: Context, args: Args, doLink: boolean): number {
  const family = doLink ? 'link' : ctx.opt.family
  const f = parseAddrFilter(ctx, args, family, doLink)
  if (doLink && f.dev !== null && f.group === null) return showOneLink(ctx, f)
  const links = listLinks(ctx, f)
  if (links === null) return EXIT_FAILURE
  const addrs = f.family === 'link' ? [] : ctx.dump('addr.list', {}, 'Dump')
  if (addrs === null) return EXIT_FAILURE
  ctx.out.begin(ctx.opt.json, ctx.opt.pretty)
  for (const info of links) {
    if (f.family === 'link' || keepLink(f, info, addrs)) printEntry(ctx, f, info, addrs, doLink)
  }
  ctx.out.end()
  return 0
}
