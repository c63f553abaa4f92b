// ip neighbour: its commands. Reference: iproute2 6.1, ip/ipneigh.c.
// Leaves out managed entries, masters and VRFs (refused by name).
import {
  type NeighEntry,
  NTF_EXT_LEARNED,
  NTF_PROXY,
  NTF_ROUTER,
  NTF_USE,
  NUD_FAILED,
  NUD_NAMES,
  NUD_NOARP,
  NUD_PERMANENT,
} from '../../uapi/neigh.ts'
import type { NeighSpec, NewMode } from '../../uapi/request.ts'
import { ToolExit } from '../lib/exit.ts'
import { Args, matches } from './args.ts'
import type { Context } from './context.ts'
import {
  duplicate,
  duplicateOrGarbage,
  EXIT_FAILURE,
  EXIT_REFUSED,
  EXIT_USAGE,
  invalidArgument,
  noDevice,
  notModelled,
} from './exit.ts'
import { NEIGH_HELP, usage } from './help.ts'
import { macOf, parseLladdr } from './lladdr.ts'
import { printNeigh } from './neigh_print.ts'
import { parseU32 } from './numbers.ts'
import { type Prefix, parseAddr, parsePrefix, samePrefix } from './prefix.ts'

/** nud_state_a2n: names of which some may be cut short, or one bit as a number. */
function parseNud(text: string): number | null {
  const short = ['permanent', 'reachable']
  const found = short.find((w) => matches(text, w)) ?? (matches(text, 'failed') ? 'failed' : text)
  if (found === 'none') return 0
  const named = NUD_NAMES.find(([, name]) => name.toLowerCase() === found)
  if (named !== undefined) return named[0]
  const n = parseU32(text)
  return n === null || n >= 0x100 || (n & (n - 1)) !== 0 ? null : n
}

interface Draft {
  dst: Prefix | null
  dev: string | null
  /** Null when not given. */
  lladdr: string | null
  state: number
  flags: number
  protocol: number
}

function setDestination(ctx: Context, d: Draft, text: string): void {
  d.dst = parseAddr(text, ctx.opt.family)
}

/** "proxy ADDRESS" */
function takeProxy(ctx: Context, args: Args, d: Draft): void {
  const text = args.next()
  if (matches(text, 'help')) usage(NEIGH_HELP)
  if (d.dst !== null) duplicate('address', text)
  setDestination(ctx, d, text)
  d.flags |= NTF_PROXY
}

function takeWord(ctx: Context, key: string, args: Args, d: Draft): boolean {
  if (matches(key, 'lladdr')) {
    const text = args.next()
    if (d.lladdr !== null) duplicate('lladdr', text)
    d.lladdr = text
  } else if (key === 'nud') {
    const text = args.next()
    d.state = parseNud(text) ?? invalidArgument('nud state is bad', text)
  } else if (matches(key, 'proxy')) takeProxy(ctx, args, d)
  else if (key === 'router') d.flags |= NTF_ROUTER
  else if (key === 'use') d.flags |= NTF_USE
  else if (key === 'managed') notModelled('ip neigh managed')
  else if (matches(key, 'extern_learn')) d.flags |= NTF_EXT_LEARNED
  else if (key === 'dev') d.dev = args.next()
  else if (matches(key, 'protocol')) {
    const text = args.next()
    d.protocol = ctx.names.protoId(text) ?? invalidArgument('"protocol" value is invalid\n', text)
  } else return false
  return true
}

function parse(ctx: Context, args: Args): Draft {
  const d: Draft = { dst: null, dev: null, lladdr: null, state: NUD_PERMANENT, flags: 0, protocol: 0 }
  while (args.more) {
    const key = args.take()
    if (takeWord(ctx, key, args, d)) continue
    let text = key === 'to' ? args.next() : key
    if (matches(text, 'help')) text = args.next()
    if (d.dst !== null) duplicateOrGarbage('to', text)
    setDestination(ctx, d, text)
  }
  return d
}

function modify(ctx: Context, args: Args, mode: NewMode | 'delete'): number {
  const d = parse(ctx, args)
  const placed = d.dev !== null || (d.flags & NTF_PROXY) !== 0
  if (!placed || d.dst === null || d.dst.family !== 'inet') {
    throw new ToolExit('Device and destination are required arguments.\n', EXIT_USAGE)
  }
  const bytes = d.lladdr === null || d.lladdr === 'null' ? null : parseLladdr(d.lladdr, 20)
  const dev = d.dev === null ? 0 : ctx.index(d.dev) || noDevice(d.dev)
  if (bytes !== null && bytes.length < 6) {
    ctx.error('Error: Invalid link address.\n')
    return EXIT_REFUSED
  }
  const neigh: NeighSpec = {
    dst: d.dst.addr,
    dev,
    state: d.state,
    ...(bytes === null ? {} : { lladdr: macOf(bytes) }),
    ...(d.flags === 0 ? {} : { flags: d.flags }),
    ...(d.protocol === 0 ? {} : { protocol: d.protocol }),
  }
  const code = mode === 'delete' ? ctx.change('neigh.del', { neigh }) : ctx.change('neigh.new', { mode, neigh })
  // ipneigh_modify calls exit(2): a batch ends here, -force or not
  if (code !== 0) throw new ToolExit('', code)
  return code
}

interface NeighFilter {
  ifindex: number
  /** Bits of NUD_*; 0x100 stands for NUD_NONE. */
  state: number
  unused: boolean
  prefix: Prefix | null
  protocol: number
  proxy: boolean
}

function takeState(args: Args, f: NeighFilter, first: boolean, flushing: boolean): void {
  const text = args.next()
  let state = parseNud(text)
  if (state === null) {
    if (text !== 'all') invalidArgument('nud state is bad', text)
    state = flushing ? 0x1ff & ~NUD_NOARP : 0x1ff
  }
  if (first) f.state = 0
  f.state |= state === 0 ? 0x100 : state
}

function takeMaster(ctx: Context, args: Args, vrf: boolean): never {
  const name = args.next()
  if (vrf || ctx.index(name) === 0) invalidArgument(vrf ? 'Not a valid VRF name\n' : 'Device does not exist\n', name)
  notModelled('ip neigh show master')
}

function takeProtocol(ctx: Context, args: Args, f: NeighFilter): void {
  const text = args.next()
  const id = ctx.names.protoId(text)
  if (id === null && text !== 'all') invalidArgument('invalid "protocol"\n', text)
  f.protocol = id ?? 0
}

function parseFilter(ctx: Context, args: Args, flushing: boolean): NeighFilter {
  const state = flushing ? 0x1ff & ~(NUD_PERMANENT | NUD_NOARP) : 0xff & ~NUD_NOARP
  const f: NeighFilter = { ifindex: 0, state, unused: false, prefix: null, protocol: 0, proxy: false }
  let dev: string | null = null
  let stateGiven = false
  while (args.more) {
    const key = args.take()
    if (key === 'dev') {
      const name = args.next()
      if (dev !== null) duplicate('dev', name)
      dev = name
    } else if (key === 'master' || key === 'vrf') takeMaster(ctx, args, key === 'vrf')
    else if (key === 'unused') f.unused = true
    else if (key === 'nud') {
      takeState(args, f, !stateGiven, flushing)
      stateGiven = true
    } else if (key === 'proxy') f.proxy = true
    else if (matches(key, 'protocol')) takeProtocol(ctx, args, f)
    else if (key !== 'nomaster') {
      const text = key === 'to' ? args.next() : key
      if (matches(text, 'help')) usage(NEIGH_HELP)
      // the first prefix settles the family of the next
      f.prefix = parsePrefix(text, f.prefix?.family === 'inet' ? 'inet' : ctx.opt.family)
    }
  }
  if (dev !== null) f.ifindex = ctx.index(dev) || noDevice(dev)
  return f
}

function selected(f: NeighFilter, n: NeighEntry): boolean {
  if (f.ifindex !== 0 && f.ifindex !== n.ifindex) return false
  const always = (n.flags & (NTF_PROXY | NTF_EXT_LEARNED)) !== 0
  if (!(f.state & n.state) && !always && (n.state !== 0 || !(f.state & 0x100))) return false
  const p = f.prefix
  if (p !== null && p.family === 'inet' && p.len > 0 && !samePrefix(n.dst, p.addr, p.len)) return false
  if (f.protocol !== 0 && f.protocol !== n.protocol) return false
  return !(f.unused && n.refcnt !== 0)
}

function show(ctx: Context, args: Args): number {
  const f = parseFilter(ctx, args, false)
  const entries = ctx.dump('neigh.list', { proxy: f.proxy }, 'Dump')
  if (entries === null) return EXIT_FAILURE
  ctx.out.begin(ctx.opt.json, ctx.opt.pretty)
  for (const n of entries) if (selected(f, n)) printNeigh(ctx, n, f.ifindex === 0)
  ctx.out.end()
  return 0
}

const MAX_ROUNDS = 10

function flush(ctx: Context, args: Args): number {
  if (!args.more) {
    ctx.error('Flush requires arguments.\n')
    return EXIT_FAILURE
  }
  const f = parseFilter(ctx, args, true)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const all = ctx.dump('neigh.list', { proxy: f.proxy }, 'Flush')
    if (all === null) return EXIT_FAILURE
    const entries = all.filter((n) => selected(f, n))
    if (entries.length === 0) {
      const done = `*** Flush is complete after ${round} round${round > 1 ? 's' : ''} ***\n`
      if (ctx.opt.stats > 0) ctx.out.text(round === 0 ? 'Nothing to flush.\n' : done)
      return 0
    }
    for (const n of entries) {
      if (ctx.opt.stats > 1) printNeigh(ctx, n, f.ifindex === 0)
      ctx.request('neigh.del', { neigh: { dst: n.dst, dev: n.ifindex, state: n.state, flags: n.flags } })
    }
    if (ctx.opt.stats > 0) ctx.out.text(`\n*** Round ${round + 1}, deleting ${entries.length} entries ***\n`)
    f.state &= ~NUD_FAILED
  }
  ctx.out.text(`*** Flush not complete bailing out after ${MAX_ROUNDS} rounds\n`)
  return EXIT_FAILURE
}

function get(ctx: Context, args: Args): number {
  const d: Draft = { dst: null, dev: null, lladdr: null, state: 0, flags: 0, protocol: 0 }
  while (args.more) {
    const key = args.take()
    if (key === 'dev') d.dev = args.next()
    else if (matches(key, 'proxy')) takeProxy(ctx, args, d)
    else {
      const text = key === 'to' ? args.next() : key
      if (matches(text, 'help')) usage(NEIGH_HELP)
      if (d.dst !== null) duplicateOrGarbage('to', text)
      setDestination(ctx, d, text)
    }
  }
  const placed = d.dev !== null || (d.flags & NTF_PROXY) !== 0
  if (!placed || d.dst === null || d.dst.family !== 'inet') {
    ctx.error('Device and address are required arguments.\n')
    return EXIT_FAILURE
  }
  const dev = d.dev === null ? 0 : ctx.index(d.dev) || noDevice(d.dev)
  const r = ctx.talk('neigh.get', { neigh: { dst: d.dst.addr, dev, flags: d.flags } })
  if (!r.ok) return EXIT_REFUSED
  printNeigh(ctx, r.value)
  return 0
}

const MODES: readonly (readonly [string, NewMode | 'delete'])[] = Object.freeze([
  ['add', 'add'],
  ['change', 'change'],
  ['replace', 'replace'],
  ['delete', 'delete'],
] as const)

export function neigh(ctx: Context, words: readonly string[]): number {
  const args = new Args(words)
  if (!args.more) return show(ctx, args)
  const command = args.take()
  const mode = command === 'chg' ? 'change' : MODES.find(([name]) => matches(command, name))?.[1]
  if (mode !== undefined) return modify(ctx, args, mode)
  if (matches(command, 'get')) return get(ctx, args)
  if (['show', 'lst', 'list'].some((w) => matches(command, w))) return show(ctx, args)
  if (matches(command, 'flush')) return flush(ctx, args)
  if (matches(command, 'help')) usage(NEIGH_HELP)
  throw new ToolExit(`Command "${command}" is unknown, try "ip neigh help".\n`, EXIT_USAGE)
}
