// How a link is spelled: the first lines of ip link and ip address and their JSON, in the order of iproute2's
// print_linkinfo. Read first: print_env.ts. Counters: link_stats.ts.
import { formatMac } from '../../lib/mac.ts'
import {
  IFF_ALLMULTI,
  IFF_BROADCAST,
  IFF_DYNAMIC,
  IFF_LOOPBACK,
  IFF_MULTICAST,
  IFF_NOARP,
  IFF_POINTOPOINT,
  IFF_PROMISC,
  IFF_UP,
  type Link,
  type LinkKind,
  linkOperState,
  type OperState,
} from '../../uapi/link.ts'
import type { LinkInfo } from '../../uapi/request.ts'
import { printStats } from './link_stats.ts'
import { type PrintEnv, plainEnv } from './print_env.ts'

/** What the command shows besides the link's own line. */
interface LinkView {
  /** ip link, not ip address: with mode, alias and counters. */
  readonly doLink: boolean
  /** qlen; ip monitor leaves it out. */
  readonly queue: boolean
  /** Link-layer addresses: left out by ip -4 address. */
  readonly lladdr: boolean
}

const LINK_VIEW: LinkView = Object.freeze({ doLink: true, queue: true, lladdr: true })

/** Flags before UP, in the order they are printed. */
const FLAG_NAMES: readonly (readonly [number, string])[] = Object.freeze([
  [IFF_LOOPBACK, 'LOOPBACK'],
  [IFF_BROADCAST, 'BROADCAST'],
  [IFF_POINTOPOINT, 'POINTOPOINT'],
  [IFF_MULTICAST, 'MULTICAST'],
  [IFF_NOARP, 'NOARP'],
  [IFF_ALLMULTI, 'ALLMULTI'],
  [IFF_PROMISC, 'PROMISC'],
  [IFF_DYNAMIC, 'DYNAMIC'],
  [IFF_UP, 'UP'],
] as const)

/** The words between < and >. */
function linkFlagWords(l: Link, peerDown: boolean): readonly string[] {
  const up = (l.flags & IFF_UP) !== 0
  const words = FLAG_NAMES.filter(([bit]) => l.flags & bit).map(([, name]) => name)
  if (up && !l.carrier) words.unshift('NO-CARRIER')
  if (up && l.carrier) words.push('LOWER_UP')
  if (peerDown) words.push('M-DOWN')
  return words
}

function printFlags(env: PrintEnv, words: readonly string[]): void {
  const { out } = env
  out.openArray('flags')
  for (const w of words) out.member(null, w)
  out.closeArray()
  out.text(`<${words.join(',')}> `)
}

/** print_name_and_link: NAME, NAME@PEER or NAME@if5. True when the peer is here and down. */
function printName(env: PrintEnv, info: LinkInfo, pad: (name: string) => string): boolean {
  const { out } = env
  const { name, peer } = info.link
  let at = ''
  let peerDown = false
  if (info.linkNetns !== null && peer !== null) {
    out.member('link_index', peer.ifindex)
    at = `@if${peer.ifindex}`
  } else if (info.peerName !== null) {
    out.member('link', info.peerName)
    at = `@${info.peerName}`
    const other = peer === null ? null : env.link(peer.ifindex)
    peerDown = other !== null && (other.link.flags & IFF_UP) === 0
  } else if (info.link.kind === 'veth' && peer === null) {
    // being made or unmade: `ip monitor` hears of an end without another
    out.member('link', null)
    at = '@NONE'
  }
  out.field('ifname', name, pad(`${name}${at}`), 'ifname')
  return peerDown
}

const stateColor = (state: OperState): 'up' | 'down' | undefined =>
  state === 'UP' ? 'up' : state === 'DOWN' ? 'down' : undefined

function printBrief(env: PrintEnv, info: LinkInfo, view: LinkView): void {
  const { out } = env
  const peerDown = printName(env, info, (n) => `${n.padEnd(16)} `)
  const state = linkOperState(info.link)
  out.field('operstate', state, `${state.padEnd(14)} `, stateColor(state))
  if (!view.doLink && env.opt.family !== 'link') return
  const mac = formatMac(info.link.address)
  out.field('address', mac, `${mac} `, 'mac')
  printFlags(env, linkFlagWords(info.link, peerDown))
  out.text('\n')
}

/** mtu … group … qlen */
function printAttributes(env: PrintEnv, l: Link, view: LinkView): void {
  const { out, names } = env
  out.field('mtu', l.mtu, `mtu ${l.mtu} `)
  out.field('qdisc', l.qdisc, `qdisc ${l.qdisc} `)
  const state = linkOperState(l)
  out.text('state ')
  out.field('operstate', state, `${state} `, stateColor(state))
  if (view.doLink) out.field('linkmode', 'DEFAULT', 'mode DEFAULT ')
  const group = names.groupName(l.group)
  out.field('group', group, `group ${group} `)
  if (view.queue && l.txqlen !== 0) out.field('txqlen', l.txqlen, `qlen ${l.txqlen}`)
}

function printLladdr(env: PrintEnv, l: Link): void {
  const { out, names } = env
  const loopback = l.kind === 'loopback'
  const type = names.numeric ? `[${loopback ? 772 : 1}]` : loopback ? 'loopback' : 'ether'
  out.newLine()
  out.field('link_type', type, `    link/${type} `)
  out.field('address', formatMac(l.address), formatMac(l.address), 'mac')
  out.text(' brd ')
  out.field('broadcast', formatMac(l.broadcast), formatMac(l.broadcast), 'mac')
  if (l.permAddress !== 0 && l.permAddress !== l.address) {
    out.text(' permaddr ')
    out.field('permaddr', formatMac(l.permAddress), formatMac(l.permAddress), 'mac')
  }
}

/** Limits that each kind's driver has: MTU from and to, and the size of a TSO packet. */
const LIMITS: Readonly<Record<LinkKind, readonly [number, number, number]>> = Object.freeze({
  loopback: [0, 0, 524280],
  dummy: [0, 0, 65536],
  ifb: [0, 0, 65536],
  veth: [68, 65535, 524280],
} as const)

function printDetails(env: PrintEnv, l: Link): void {
  const { out } = env
  const [minMtu, maxMtu, tso] = LIMITS[l.kind]
  const allmulti = l.flags & IFF_ALLMULTI ? 1 : 0
  out.field('promiscuity', l.promiscuity, ` promiscuity ${l.promiscuity} `)
  out.field('allmulti', allmulti, ` allmulti ${allmulti} `)
  out.field('min_mtu', minMtu, `minmtu ${minMtu} `)
  out.field('max_mtu', maxMtu, `maxmtu ${maxMtu} `)
  if (l.kind !== 'loopback') {
    out.openObject('linkinfo')
    out.newLine()
    out.field('info_kind', l.kind, `    ${l.kind} `)
    out.closeObject()
  }
  const numbers: readonly (readonly [string, string, number])[] = [
    ['num_tx_queues', 'numtxqueues', l.numTxQueues],
    ['gso_max_size', 'gso_max_size', 65536],
    ['gso_max_segs', 'gso_max_segs', 65535],
    ['tso_max_size', 'tso_max_size', tso],
    ['tso_max_segs', 'tso_max_segs', 65535],
    ['gro_max_size', 'gro_max_size', 65536],
  ]
  for (const [key, word, value] of numbers) out.field(key, value, `${word} ${value} `)
}

function printLinkNetns(env: PrintEnv, info: LinkInfo): void {
  if (info.linkNetns === null) return
  const { nsid, name } = info.linkNetns
  env.out.member('link_netnsid', nsid)
  env.out.text(name === null ? ` link-netnsid ${nsid}` : ` link-netns ${name}`)
}

/** One link, up to and including its counters in ip -s link; ends with a newline. */
export function printLink(env: PrintEnv, info: LinkInfo, view: LinkView, deleted = false): void {
  const { out } = env
  const l = info.link
  if (deleted) out.field('deleted', true, 'Deleted ')
  if (env.opt.brief) {
    printBrief(env, info, view)
    return
  }
  out.field('ifindex', l.ifindex, `${l.ifindex}: `)
  const peerDown = printName(env, info, (n) => `${n}: `)
  printFlags(env, linkFlagWords(l, peerDown))
  printAttributes(env, l, view)
  if (view.lladdr || env.opt.details) printLladdr(env, l)
  printLinkNetns(env, info)
  if (env.opt.details) printDetails(env, l)
  if ((view.doLink || env.opt.details) && l.alias !== null && l.alias !== '') {
    out.text(`${out.separator}    `)
    out.field('ifalias', l.alias, `alias ${l.alias}`)
  }
  if (view.doLink && env.opt.stats > 0) {
    out.newLine()
    printStats(env, info)
  }
  out.text('\n')
}

/** The two lines of ip link show, without the last newline. */
export function formatLink(info: LinkInfo): string {
  const env = plainEnv((i) => `if${i}`)
  printLink(env, info, LINK_VIEW)
  return env.out.take().slice(0, -1)
}
