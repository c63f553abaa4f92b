// RTM_NEWLINK with NLM_F_CREATE (net/core/rtnetlink.c: __rtnl_newlink, rtnl_create_link; veth_newlink;
// net/core/dev.c: register_netdevice).
import { isGroupMac, MAC_ZERO, type Mac } from '../../lib/mac.ts'
import { utf8Length } from '../../lib/utf8.ts'
import { carrierOperState, IFF_LOOPBACK, IFF_UP, type Link, type LinkKind, type LinkRef } from '../../uapi/link.ts'
import type { LinkAdd, NetnsId } from '../../uapi/request.ts'
import { changeLink, insertLink, linkByIndex, linkByName } from '../core/links.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import type { DeviceOps } from '../device/ops.ts'
import { deviceOps } from '../device/table.ts'
import { inetdev_init } from '../ipv4/inetdev.ts'
import { dev_change_flags } from './dev_state.ts'
import { rtmsg_ifinfo } from './info.ts'
import { dev_get_valid_name, dev_new_index } from './names.ts'
import { ALIAS_MAX } from './setlink.ts'

/** What is asked of one end. */
type EndSpec = Omit<LinkAdd, 'kind' | 'netns' | 'peer'>

const MAX_QUEUES = 4096
/** Names that would hide /proc/sys/net/ipv4/conf/{all,default} (sysctl_dev_name_is_allowed). */
const FORBIDDEN: ReadonlySet<string> = new Set(['all', 'default'])

/** eth_random_addr: unicast, locally administered. */
function randomMac(tx: Transaction): Mac {
  const high = tx.kernel.random.u32() & 0xffff
  return ((high & 0xfeff) | 0x0200) * 0x100000000 + tx.kernel.random.u32()
}

/** The kind's validate (dummy_validate, ifb_validate, veth_validate): even before the name is looked up. */
function validate(tx: Transaction, kind: LinkKind, spec: EndSpec): void {
  const mac = spec.address
  if (mac !== undefined && (mac === MAC_ZERO || isGroupMac(mac))) tx.refuse('EADDRNOTAVAIL')
  if (kind === 'veth') checkMtu(tx, deviceOps.veth, spec.mtu)
}

function checkMtu(tx: Transaction, ops: DeviceOps, mtu: number | undefined): void {
  if (mtu !== undefined && (mtu < ops.minMtu || (ops.maxMtu > 0 && mtu > ops.maxMtu))) tx.refuse('EINVAL')
}

/** What rtnl_create_link refuses before anything is made. */
function checkEnd(tx: Transaction, ops: DeviceOps, spec: EndSpec): void {
  checkMtu(tx, ops, spec.mtu)
  const tooMany = (n: number | undefined): boolean => n !== undefined && (n < 1 || n > MAX_QUEUES)
  if (tooMany(spec.numTxQueues)) tx.refuse('EINVAL', 'Invalid number of transmit queues')
  if (tooMany(spec.numRxQueues)) tx.refuse('EINVAL', 'Invalid number of receive queues')
  if (spec.alias !== undefined && utf8Length(spec.alias) > ALIAS_MAX) tx.refuse('EINVAL')
}

/** A link of a kind as it is before the first `up`. */
export function newLink(
  tx: Transaction,
  net: NetNs,
  kind: LinkKind,
  name: string,
  ifindex: number,
  spec: EndSpec,
  peer: LinkRef | null,
): Link {
  const ops = deviceOps[kind]
  return Object.freeze({
    ifindex,
    name,
    kind,
    flags: ops.flags,
    carrier: ops.carrier,
    mtu: spec.mtu ?? ops.mtu,
    address: spec.address ?? (ops.randomAddress ? randomMac(tx) : MAC_ZERO),
    broadcast: spec.broadcast ?? ops.broadcast,
    permAddress: MAC_ZERO,
    txqlen: spec.txqlen ?? ops.txqlen,
    alias: spec.alias === undefined || spec.alias === '' ? null : spec.alias,
    group: spec.group ?? 0,
    qdisc: 'noop',
    peer,
    promiscuity: 0,
    numTxQueues: spec.numTxQueues ?? 1,
    numRxQueues: spec.numRxQueues ?? 1,
    // veth_newlink: registered with carrier, which is then taken
    ...(ops.carrier ? {} : { operState: carrierOperState({ ifindex, peer }, false), carrierChanges: 1 }),
    ...inetdev_init(tx, net, (ops.flags & IFF_LOOPBACK) !== 0),
  })
}

/** register_netdevice: the device appears in its namespace. */
function register_netdevice(tx: Transaction, net: NetNs, kind: LinkKind, spec: EndSpec, peer: LinkRef | null): Link {
  const name = dev_get_valid_name(tx, net, spec.name ?? deviceOps[kind].namePattern)
  const wanted = spec.ifindex ?? 0
  if (wanted !== 0 && linkByIndex(tx, net, wanted) !== null) tx.refuse('EBUSY')
  const ifindex = wanted !== 0 ? wanted : dev_new_index(tx, net)
  // inetdev_event, NETDEV_REGISTER
  if (FORBIDDEN.has(name)) tx.refuse('EINVAL')
  const link = newLink(tx, net, kind, name, ifindex, spec, peer)
  insertLink(tx, net, link)
  return link
}

/** rtnl_configure_link: flags of the request, then the news. */
function configure(tx: Transaction, net: NetNs, ifindex: number, up: boolean | undefined): void {
  rtmsg_ifinfo(tx, net, linkByIndex(tx, net, ifindex)!)
  if (up === true) dev_change_flags(tx, net, linkByIndex(tx, net, ifindex)!, IFF_UP, IFF_UP)
}

/** veth_newlink: the peer is made first, so it has the lower ifindex and the lower of two chosen names. */
function veth_newlink(tx: Transaction, net: NetNs, source: NetNs, req: LinkAdd): void {
  const { netns, ...asked } = req.peer ?? { name: null }
  // Its ifindex is looked at only when this end has one too.
  const { ifindex, ...rest } = asked
  const spec: EndSpec = req.ifindex !== undefined && ifindex !== undefined ? { ...rest, ifindex } : rest
  const peerNet = netnsOr(tx, netns, source)
  validate(tx, 'veth', spec)
  checkEnd(tx, deviceOps.veth, spec)
  const peer = register_netdevice(tx, peerNet, 'veth', spec, null)
  rtmsg_ifinfo(tx, peerNet, peer)
  // veth_open: the two ends do not know each other yet
  if (asked.up === true) tx.refuse('ENOTCONN')
  const link = register_netdevice(tx, net, 'veth', req, Object.freeze({ netns: peerNet.id, ifindex: peer.ifindex }))
  const back = Object.freeze({ netns: net.id, ifindex: link.ifindex })
  const operState = carrierOperState({ ifindex: peer.ifindex, peer: back }, false)
  changeLink(tx, peerNet, peer.ifindex, { peer: back, operState })
  configure(tx, net, link.ifindex, req.up)
}

function netnsOr(tx: Transaction, id: NetnsId | undefined, otherwise: NetNs): NetNs {
  if (id === undefined) return otherwise
  return tx.kernel.nets.get(id) ?? tx.refuse('EINVAL')
}

/** link.add. Names and indices are first looked up where the request comes from, even when the link is made elsewhere. */
export function rtnl_newlink(tx: Transaction, source: NetNs, req: LinkAdd): null {
  validate(tx, req.kind, req)
  if (req.ifindex !== undefined && linkByIndex(tx, source, req.ifindex) !== null) tx.refuse('EEXIST')
  if (req.name !== null && linkByName(tx, source, req.name) !== null) tx.refuse('EEXIST')
  if (req.kind === 'loopback') tx.refuse('EOPNOTSUPP', 'Unknown device type')
  checkEnd(tx, deviceOps[req.kind], req)
  const net = netnsOr(tx, req.netns, source)
  if (req.kind === 'veth') {
    veth_newlink(tx, net, source, req)
    return null
  }
  const link = register_netdevice(tx, net, req.kind, req, null)
  configure(tx, net, link.ifindex, req.up)
  return null
}
