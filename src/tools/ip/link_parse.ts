// The words that ip link add, set, delete and "peer" share. Read first: args.ts. Reference: iplink_parse.
// Leaves out (refused by name): vf, xdp, vrf, mode, state, addrgenmode, protodown, gso and gro limits, link-netns,
// parentdev, trailers.
import { IFF_ALLMULTI, IFF_DYNAMIC, IFF_MULTICAST, IFF_NOARP, IFF_PROMISC, IFF_UP } from '../../uapi/link.ts'
import type { NetnsId } from '../../uapi/request.ts'
import { type Args, matches, parseOnOff } from './args.ts'
import type { Context } from './context.ts'
import { CommandFailure, duplicate, duplicateOrGarbage, EXIT_REFUSED, invalidArgument, notModelled } from './exit.ts'
import { LINK_HELP, usage } from './help.ts'
import { parseLladdr } from './lladdr.ts'
import { parseNetns } from './netns_id.ts'
import { parseS32, strtol } from './numbers.ts'
import { validIfname } from './rule_parse.ts'

export interface LinkDraft {
  name: string | null
  dev: string | null
  index: number
  /** Bytes of the address. */
  address: readonly number[] | null
  broadcast: readonly number[] | null
  txqlen: number | null
  mtu: number | null
  /** What "netns" said; a process that does not exist is found out by the kernel. */
  netns: NetnsId | 'no-process' | null
  flags: number
  mask: number
  carrier: boolean | null
  group: number | null
  alias: string | null
  numTxQueues: number | null
  numRxQueues: number | null
  link: string | null
  master: boolean
  type: string | null
}

function emptyLinkDraft(): LinkDraft {
  return {
    name: null,
    dev: null,
    index: 0,
    address: null,
    broadcast: null,
    txqlen: null,
    mtu: null,
    netns: null,
    flags: 0,
    mask: 0,
    carrier: null,
    group: null,
    alias: null,
    numTxQueues: null,
    numRxQueues: null,
    link: null,
    master: false,
    type: null,
  }
}

function setFlag(d: LinkDraft, bit: number, on: boolean): void {
  d.mask |= bit
  d.flags = on ? d.flags | bit : d.flags & ~bit
}

/** Flags with "on" or "off": bit, and whether "on" sets it. */
const ON_OFF: Readonly<Record<string, readonly [number, boolean]>> = Object.freeze({
  multicast: [IFF_MULTICAST, true],
  allmulticast: [IFF_ALLMULTI, true],
  promisc: [IFF_PROMISC, true],
  arp: [IFF_NOARP, false],
  dynamic: [IFF_DYNAMIC, true],
} as const)

function takeOnOff(key: string, args: Args, d: LinkDraft): void {
  const text = args.next()
  const on = parseOnOff(text)
  if (on === null) throw new CommandFailure(`Error: argument of "${key}" must be "on" or "off", not "${text}"\n`)
  if (key === 'trailers') notModelled('ip link set trailers')
  const [bit, sets] = ON_OFF[key]!
  setFlag(d, bit, on === sets)
}

/** A number that may be given once. */
function takeOnce(args: Args, key: string, before: number | null): number {
  const text = args.next()
  if (before !== null) duplicate(key, text)
  return parseS32(text) ?? invalidArgument(`Invalid "${key}" value\n`, text)
}

function takeName(args: Args, d: LinkDraft): void {
  const text = args.next()
  if (d.name !== null) duplicate('name', text)
  if (!validIfname(text)) invalidArgument('"name" not a valid ifname', text)
  d.name = text
  d.dev ??= text
}

function takeIndex(args: Args, d: LinkDraft): void {
  const text = args.next()
  if (d.index !== 0) duplicate('index', text)
  d.index = strtol(text, 10)?.value ?? 0
  if (d.index <= 0) invalidArgument('Invalid "index" value', text)
}

function takeNetns(ctx: Context, args: Args, d: LinkDraft): void {
  const text = args.next()
  if (d.netns !== null) duplicate('netns', text)
  const n = parseNetns(ctx, text)
  if (n.kind === 'invalid') invalidArgument('Invalid "netns" value\n', text)
  d.netns = n.kind === 'found' ? n.id : 'no-process'
}

/** "off" and "on", or any prefix of them. */
function takeCarrier(args: Args, d: LinkDraft): void {
  const text = args.next()
  const found = ['off', 'on'].find((w) => matches(text, w))
  if (found === undefined) {
    throw new CommandFailure(`Error: argument of "carrier" must be one of "off", "on", not "${text}"\n`, 22)
  }
  d.carrier = found === 'on'
}

function takeGroup(ctx: Context, args: Args, d: LinkDraft): void {
  const text = args.next()
  if (d.group !== null) duplicate('group', text)
  d.group = ctx.names.groupId(text) ?? invalidArgument('Invalid "group" value\n', text)
}

function takeAlias(args: Args, d: LinkDraft): void {
  const text = args.next()
  if (new TextEncoder().encode(text).length >= 256) invalidArgument('alias too long\n', text)
  d.alias = text
}

function takeMaster(ctx: Context, args: Args, d: LinkDraft, vrf: boolean): void {
  const text = args.next()
  if (vrf || ctx.index(text) === 0) invalidArgument(vrf ? 'Not a valid VRF name\n' : 'Device does not exist\n', text)
  d.master = true
}

/** up … carrier */
function takeEarly(ctx: Context, key: string, args: Args, d: LinkDraft): boolean {
  if (key === 'up' || key === 'down') setFlag(d, IFF_UP, key === 'up')
  else if (key === 'name') takeName(args, d)
  else if (key === 'index') takeIndex(args, d)
  else if (matches(key, 'link')) d.link = args.next()
  else if (matches(key, 'address')) d.address = parseLladdr(args.next())
  else if (matches(key, 'broadcast') || key === 'brd') d.broadcast = parseLladdr(args.next())
  else if (matches(key, 'txqueuelen') || key === 'qlen' || matches(key, 'txqlen')) {
    d.txqlen = takeOnce(args, 'txqueuelen', d.txqlen)
  } else if (key === 'mtu') d.mtu = takeOnce(args, 'mtu', d.mtu)
  else if (key === 'netns') takeNetns(ctx, args, d)
  else if (key === 'trailers' || (key !== 'dynamic' && ON_OFF[key] !== undefined)) takeOnOff(key, args, d)
  else if (key === 'carrier') takeCarrier(args, d)
  else return false
  return true
}

/** master … numrxqueues. True after "type" too, which ends the words. */
function takeLate(ctx: Context, key: string, args: Args, d: LinkDraft): boolean {
  if (matches(key, 'master') || key === 'vrf') takeMaster(ctx, args, d, key === 'vrf')
  else if (matches(key, 'nomaster')) return true
  else if (matches(key, 'dynamic')) takeOnOff('dynamic', args, d)
  else if (matches(key, 'type')) d.type = args.next()
  else if (matches(key, 'alias')) takeAlias(args, d)
  else if (key === 'group') takeGroup(ctx, args, d)
  else if (matches(key, 'numtxqueues')) d.numTxQueues = takeOnce(args, 'numtxqueues', d.numTxQueues)
  else if (matches(key, 'numrxqueues')) d.numRxQueues = takeOnce(args, 'numrxqueues', d.numRxQueues)
  else return false
  return true
}

const REFUSED = Object.freeze([
  'vf',
  'xdp',
  'xdpgeneric',
  'xdpdrv',
  'xdpoffload',
  'mode',
  'state',
  'protodown',
  'protodown_reason',
  'gso_max_size',
  'gso_max_segs',
  'gro_max_size',
  'parentdev',
])

function refuseOption(key: string): void {
  const short = ['addrgenmode', 'link-netns', 'link-netnsid']
  if (REFUSED.includes(key) || short.some((w) => matches(key, w))) notModelled(`ip link ${key}`)
}

/** Without '/' and white space: what a name or an alternative name may be. */
const validAltname = (name: string): boolean => name !== '' && !/[/\s]/.test(name)

/** Everything up to "type KIND", whose options are left in `args`. */
export function parseLinkDraft(ctx: Context, args: Args): LinkDraft {
  const d = emptyLinkDraft()
  while (args.more && d.type === null) {
    const key = args.take()
    if (takeEarly(ctx, key, args, d) || takeLate(ctx, key, args, d)) continue
    refuseOption(key)
    if (matches(key, 'help')) usage(LINK_HELP)
    const text = key === 'dev' ? args.next() : key
    if (d.dev !== d.name) duplicateOrGarbage('dev', text)
    if (!validAltname(text)) invalidArgument('"dev" not a valid ifname', text)
    d.dev = text
  }
  return d
}

/** Attributes that the kernel's netlink policy refuses before any handler sees them. */
export function policyViolation(ctx: Context): number {
  ctx.error('Error: Attribute failed policy validation.\n')
  return EXIT_REFUSED
}
