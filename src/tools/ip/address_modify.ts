// ip address add, change, replace, delete. Read first: args.ts, prefix.ts. Reference: ipaddr_modify.
// Leaves out IPv6 (refused by name).
import { type Ip4, isMulticast, maskOf } from '../../lib/ip4.ts'
import { RT_SCOPE_HOST } from '../../uapi/link.ts'
import type { AddrSpec, NewMode } from '../../uapi/request.ts'
import { ADDR_FLAGS, IFA_F_MCAUTOJOIN } from './address_print.ts'
import { type Args, matches } from './args.ts'
import type { Context } from './context.ts'
import {
  CommandFailure,
  duplicate,
  duplicateOrGarbage,
  EXIT_REFUSED,
  invalidArgument,
  noDevice,
  notModelled,
} from './exit.ts'
import { ADDRESS_HELP, usage } from './help.ts'
import { policyViolation } from './link_parse.ts'
import { parseU32 } from './numbers.ts'
import { type Family, type Prefix, parseAddr, parsePrefix } from './prefix.ts'

interface AddrDraft {
  family: Family
  dev: string | null
  local: Prefix | null
  /** As it was written, for the warning. */
  localText: string
  peer: Prefix | null
  broadcast: Ip4 | '+' | '-' | null
  anycast: Ip4 | null
  label: string | null
  scope: number | null
  metric: number | null
  /** Seconds, null for forever; undefined when not given. */
  valid: number | null | undefined
  preferred: number | null | undefined
  flags: number
}

/** "forever" or seconds; 0xffffffff is forever too. */
function takeLifetime(args: Args, key: string, before: number | null | undefined): number | null {
  if (before !== undefined) duplicate(key, key)
  const text = args.next()
  if (text === 'forever') return null
  const n = parseU32(text) ?? invalidArgument(`${key} value`, text)
  return n === 0xffffffff ? null : n
}

function takeBroadcast(args: Args, d: AddrDraft): void {
  const text = args.next()
  if (d.broadcast !== null) duplicate('broadcast', text)
  if (text === '+' || text === '-') d.broadcast = text
  else d.broadcast = takeAddr(text, d)
}

function takeAddr(text: string, d: AddrDraft): Ip4 {
  const a = parseAddr(text, d.family)
  if (d.family === 'unspec') d.family = a.family
  return a.addr
}

function takePeer(args: Args, d: AddrDraft): void {
  const text = args.next()
  if (d.peer !== null) duplicate('peer', text)
  d.peer = parsePrefix(text, d.family)
  if (d.family === 'unspec') d.family = d.peer.family
}

function takeFlag(ctx: Context, word: string, d: AddrDraft): boolean {
  const flag = ADDR_FLAGS.find((f) => f.name === word)
  if (flag === undefined) return false
  if (flag.readonly) ctx.error(`Warning: ${flag.name} option is not mutable from userspace\n`)
  else if (flag.v6only) ctx.error(`Warning: ${flag.name} option can be set only for IPv6 addresses\n`)
  else d.flags |= flag.mask
  return true
}

function takeWord(ctx: Context, key: string, args: Args, d: AddrDraft): boolean {
  if (key === 'peer' || key === 'remote') takePeer(args, d)
  else if (matches(key, 'broadcast') || key === 'brd') takeBroadcast(args, d)
  else if (key === 'anycast') {
    const text = args.next()
    if (d.anycast !== null) duplicate('anycast', text)
    d.anycast = takeAddr(text, d)
  } else if (key === 'scope') {
    const text = args.next()
    d.scope = ctx.names.scopeId(text) ?? invalidArgument('invalid scope value.', text)
  } else if (key === 'dev') d.dev = args.next()
  else if (key === 'label') d.label = args.next()
  else if (matches(key, 'metric') || matches(key, 'priority') || matches(key, 'preference')) {
    const text = args.next()
    d.metric = parseU32(text) ?? invalidArgument('"metric" value is invalid\n', text)
  } else if (matches(key, 'valid_lft')) d.valid = takeLifetime(args, 'valid_lft', d.valid)
  else if (matches(key, 'preferred_lft')) d.preferred = takeLifetime(args, 'preferred_lft', d.preferred)
  else return takeFlag(ctx, key, d)
  return true
}

function parse(ctx: Context, args: Args): AddrDraft {
  const d: AddrDraft = {
    family: ctx.opt.family,
    dev: null,
    local: null,
    localText: '',
    peer: null,
    broadcast: null,
    anycast: null,
    label: null,
    scope: null,
    metric: null,
    valid: undefined,
    preferred: undefined,
    flags: 0,
  }
  while (args.more) {
    const key = args.take()
    if (takeWord(ctx, key, args, d)) continue
    const text = key === 'local' ? args.next() : key
    if (matches(text, 'help')) usage(ADDRESS_HELP)
    if (d.local !== null) duplicateOrGarbage('local', text)
    d.localText = text
    d.local = parsePrefix(text, d.family)
    if (d.family === 'unspec') d.family = d.local.family
  }
  return d
}

/** "brd +" sets the host bits of the network, "brd -" clears them; a /31 or /32 has no broadcast address. */
function broadcastOf(d: AddrDraft, network: Prefix): Ip4 | null {
  if (d.broadcast !== '+' && d.broadcast !== '-') return d.broadcast
  if (network.len > 30) return null
  const host = ~maskOf(network.len)
  return d.broadcast === '+' ? network.addr | host : network.addr & ~host
}

function checkLifetimes(d: AddrDraft): void {
  if (d.valid === undefined && d.preferred === undefined) return
  const valid = d.valid ?? 0xffffffff
  if (valid === 0) throw new CommandFailure('valid_lft is zero\n')
  if (valid < (d.preferred ?? 0xffffffff)) {
    throw new CommandFailure('preferred_lft is greater than valid_lft\n')
  }
}

const isLoopback = (a: Ip4): boolean => a >>> 24 === 127

function addrSpec(d: AddrDraft, dev: number, deleting: boolean): AddrSpec {
  const local = d.local!
  const network = d.peer ?? local
  const brd = deleting && typeof d.broadcast === 'string' ? null : broadcastOf(d, network)
  const scope = d.scope ?? (isLoopback(local.addr) && !deleting ? RT_SCOPE_HOST : 0)
  return {
    dev,
    local: local.addr,
    // "10.0.0.1/24 peer 10.0.0.2": the length is the peer's, unless that is 0
    prefixlen: d.peer === null || d.peer.len === 0 ? local.len : d.peer.len,
    scope,
    ...(d.peer === null ? {} : { peer: d.peer.addr }),
    ...(brd === null ? {} : { broadcast: brd }),
    ...(d.anycast === null ? {} : { anycast: d.anycast }),
    ...(d.label === null ? {} : { label: d.label }),
    ...(d.flags === 0 ? {} : { flags: d.flags }),
    ...(d.metric === null ? {} : { metric: d.metric }),
    ...(d.valid === undefined && d.preferred === undefined
      ? {}
      : { validLft: d.valid ?? null, preferredLft: d.preferred ?? null }),
  }
}

function warnWildcard(ctx: Context, text: string): void {
  ctx.error(`Warning: Executing wildcard deletion to stay compatible with old scripts.
         Explicitly specify the prefix length (${text}/32) to avoid this warning.
         This special behaviour is likely to disappear in further releases,
         fix your scripts!
`)
}

export function modifyAddress(ctx: Context, args: Args, mode: NewMode | 'delete'): number {
  const d = parse(ctx, args)
  const deleting = mode === 'delete'
  if (d.dev === null) throw new CommandFailure('Not enough information: "dev" argument is required.\n')
  const wildcard = deleting && d.peer === null && d.local !== null && !d.local.specified
  if (wildcard) warnWildcard(ctx, d.localText)
  const dev = ctx.index(d.dev) || noDevice(d.dev)
  checkLifetimes(d)
  if (d.flags & IFA_F_MCAUTOJOIN) {
    if (d.local === null || !isMulticast(d.local.addr)) {
      throw new CommandFailure('autojoin needs multicast address\n')
    }
    notModelled('ip address autojoin')
  }
  if (d.local === null || d.local.family !== 'inet') {
    // without an address the family is open, and no protocol answers to that
    ctx.error('RTNETLINK answers: Operation not supported\n')
    return EXIT_REFUSED
  }
  if ((d.label ?? '').length >= 16) return policyViolation(ctx)
  const addr = addrSpec(d, dev, deleting)
  if (!deleting) return ctx.change('addr.new', { mode, addr })
  return ctx.change('addr.del', { addr, match: { address: !wildcard, label: d.label !== null } })
}
