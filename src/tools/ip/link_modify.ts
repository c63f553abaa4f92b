// ip link add, set, change, replace, delete: from a draft to the kernel's request. Read first: link_parse.ts.
// Link types: veth, dummy and ifb; for the others the kernel answers as one without their modules.
import { IFF_UP, type LinkKind } from '../../uapi/link.ts'
import type { LinkAdd, LinkSet } from '../../uapi/request.ts'
import { ToolExit } from '../lib/exit.ts'
import { type Args, matches } from './args.ts'
import type { Context } from './context.ts'
import { CommandFailure, duplicate, EXIT_FAILURE, EXIT_REFUSED, EXIT_USAGE, noDevice, notModelled } from './exit.ts'
import { LINK_HELP, usage, VETH_HELP } from './help.ts'
import { type LinkDraft, parseLinkDraft, policyViolation } from './link_parse.ts'
import { macOf } from './lladdr.ts'

/** Types whose options iproute2 reads itself; of the others any option is garbage. */
const KNOWN_TYPES = Object.freeze(
  `amt bareudp bond bond_slave bridge bridge_slave dsa dummy erspan geneve gre gretap gtp ifb ip6erspan ip6gre ip6gretap
ip6tnl ipip ipoib ipvlan ipvtap macsec macvlan macvtap netdevsim nlmon rmnet sit team team_slave vcan veth vlan vrf vti
vxcan vxlan wwan xfrm virt_wifi`.split(/\s+/),
)

const kindOf = (type: string): LinkKind | null => (type === 'veth' || type === 'dummy' || type === 'ifb' ? type : null)

/** Name and device are the same word when only one was given. */
function settleNames(d: LinkDraft): void {
  d.name ??= d.dev
  d.dev ??= d.name
}

function kernelSays(ctx: Context, text: string): number {
  ctx.error(text)
  return EXIT_REFUSED
}

/** What the kernel refuses before it looks closer: attributes that a request of ours cannot hold. */
function refusedAttributes(ctx: Context, d: LinkDraft): number | null {
  if ((d.name ?? '').length >= 16) return policyViolation(ctx)
  const short = (bytes: readonly number[] | null): boolean => bytes !== null && bytes.length < 6
  if (short(d.address) || short(d.broadcast)) return kernelSays(ctx, 'RTNETLINK answers: Invalid argument\n')
  if (d.netns === 'no-process') return kernelSays(ctx, 'RTNETLINK answers: No such process\n')
  return null
}

/** What both ends of a new pair can be given. */
function commonAdd(d: LinkDraft): Omit<NonNullable<LinkAdd['peer']>, never> {
  if ((d.mask & ~IFF_UP) !== 0 || d.carrier !== null) notModelled('ip link add with flags other than up')
  return {
    name: d.name,
    ...(d.index === 0 ? {} : { ifindex: d.index }),
    ...(d.address === null ? {} : { address: macOf(d.address) }),
    ...(d.mtu === null ? {} : { mtu: d.mtu }),
    ...(d.txqlen === null ? {} : { txqlen: d.txqlen }),
    ...(d.netns === null || d.netns === 'no-process' ? {} : { netns: d.netns }),
    ...(d.flags & IFF_UP ? { up: true } : {}),
    ...(d.numTxQueues === null ? {} : { numTxQueues: d.numTxQueues }),
    ...(d.numRxQueues === null ? {} : { numRxQueues: d.numRxQueues }),
  }
}

/** The options after "type veth": peer and its words. */
function parsePeer(ctx: Context, args: Args): LinkDraft {
  if (args.take() !== 'peer') {
    // the usage text goes to stdout
    ctx.out.text(VETH_HELP)
    throw new CommandFailure('')
  }
  const peer = parseLinkDraft(ctx, args)
  if (peer.type !== null) duplicate('type', args.peek)
  checkAdd(peer)
  if (peer.broadcast !== null || peer.group !== null) notModelled('ip link add … peer with broadcast or group')
  return peer
}

function checkAdd(d: LinkDraft): void {
  if (d.group !== null && d.dev === null)
    throw new ToolExit('group cannot be used when creating devices.\n', EXIT_USAGE)
  settleNames(d)
  if (d.name !== d.dev) throw new ToolExit('both "name" and "dev" cannot be used when creating devices.\n', EXIT_USAGE)
}

/** Options after a type other than veth: dummy and ifb have none and iproute2 does not look at them. */
function skipOptions(args: Args, type: string): void {
  if (!args.more || KNOWN_TYPES.includes(type)) return
  if (matches(args.peek, 'help')) usage(LINK_HELP)
  throw new CommandFailure(`Garbage instead of arguments "${args.peek} ...". Try "ip link help".\n`)
}

export function addLink(ctx: Context, args: Args, replacing: boolean): number {
  const d = parseLinkDraft(ctx, args)
  checkAdd(d)
  if (d.link !== null && ctx.index(d.link) === 0) noDevice(d.link)
  if (d.type === null) {
    ctx.error('Not enough information: "type" argument is required\n')
    return EXIT_FAILURE
  }
  const kind = kindOf(d.type)
  const peer = kind === 'veth' && args.more ? parsePeer(ctx, args) : null
  if (peer === null) skipOptions(args, d.type)
  const refused = refusedAttributes(ctx, d) ?? (peer === null ? null : refusedAttributes(ctx, peer))
  if (refused !== null) return refused
  if (d.master) notModelled('ip link add master')
  const exists = d.name !== null && ctx.request('link.get', { dev: d.name }).ok
  if (exists && replacing) return kernelSays(ctx, 'RTNETLINK answers: Operation not supported\n')
  if (kind === null) {
    return kernelSays(ctx, exists ? 'RTNETLINK answers: File exists\n' : 'Error: Unknown device type.\n')
  }
  // like the kernel, which reads an alias only when it changes a link, an alias is passed over here
  return ctx.change('link.add', {
    kind,
    ...commonAdd(d),
    ...(d.broadcast === null ? {} : { broadcast: macOf(d.broadcast) }),
    ...(d.group === null ? {} : { group: d.group }),
    ...(peer === null ? {} : { peer: commonAdd(peer) }),
  })
}

function linkSet(d: LinkDraft, dev: number): LinkSet {
  return {
    dev,
    ...(d.name === null || d.name === d.dev ? {} : { name: d.name }),
    ...(d.mask === 0 ? {} : { flags: { flags: d.flags, mask: d.mask } }),
    ...(d.mtu === null ? {} : { mtu: d.mtu }),
    ...(d.address === null ? {} : { address: macOf(d.address) }),
    ...(d.broadcast === null ? {} : { broadcast: macOf(d.broadcast) }),
    ...(d.txqlen === null ? {} : { txqlen: d.txqlen }),
    ...(d.alias === null ? {} : { alias: d.alias }),
    ...(d.group === null ? {} : { group: d.group }),
    ...(d.netns === null || d.netns === 'no-process' ? {} : { netns: d.netns }),
    ...(d.carrier === null ? {} : { carrier: d.carrier }),
  }
}

/** "ip link set group 5 …": every link of the group. */
function setGroup(ctx: Context, d: LinkDraft, args: Args): number {
  if (args.more)
    throw new ToolExit(`Garbage instead of arguments "${args.peek} ...". Try "ip link help".\n`, EXIT_USAGE)
  const { group, ...set } = linkSet(d, 0)
  return ctx.change('link.set', { ...set, byGroup: group ?? 0 })
}

/** The device that set and delete are about, when everything about the words is in order. */
function existing(ctx: Context, d: LinkDraft): number {
  settleNames(d)
  const current = d.dev === null ? null : ctx.request('link.get', { dev: d.dev })
  if (d.address !== null && current?.ok && d.address.length !== 6) {
    throw new CommandFailure(`Invalid address length ${d.address.length} - must be 6 bytes\n`)
  }
  if (d.index !== 0 && d.netns === null) {
    throw new ToolExit(
      'index can be used only when creating devices or when moving device to another netns.\n',
      EXIT_USAGE,
    )
  }
  if (d.dev === null) throw new ToolExit('Not enough information: "dev" argument is required.\n', EXIT_USAGE)
  const index = ctx.index(d.dev)
  if (index === 0) noDevice(d.dev)
  if (d.index !== 0) notModelled('ip link set index')
  return index
}

export function setLink(ctx: Context, args: Args): number {
  const d = parseLinkDraft(ctx, args)
  if (d.group !== null && d.dev === null) return setGroup(ctx, d, args)
  const dev = existing(ctx, d)
  if (d.type !== null && args.more) notModelled(`ip link set type ${d.type}`)
  const refused = refusedAttributes(ctx, d)
  if (refused !== null) return refused
  // none of the kinds here can have or be a master
  if (d.master) return kernelSays(ctx, 'RTNETLINK answers: Operation not supported\n')
  return ctx.change('link.set', linkSet(d, dev))
}

export function deleteLink(ctx: Context, args: Args): number {
  const d = parseLinkDraft(ctx, args)
  if (d.group !== null && d.dev === null) return ctx.change('link.del', { dev: 0, byGroup: d.group })
  const dev = existing(ctx, d)
  return ctx.change('link.del', { dev })
}
