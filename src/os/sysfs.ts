// /sys/class/net and /sys/devices/virtual/net: the devices of the asking process's namespace (net/core/net-sysfs.c);
// /run/netns: the named namespaces. Leaves out queues/, power/, the phys_* files and writing of flags and carrier.
import { formatMac } from '../lib/mac.ts'
import { IFF_UP, linkIsRunning, linkOperState } from '../uapi/link.ts'
import type { IoResult } from '../uapi/program.ts'
import type { LinkInfo, LinkSet, LinkStats, Operations, Result } from '../uapi/request.ts'
import { type Asker, directory, readOnly, type VirtualFileNode, type VirtualNode } from './virtual.ts'

const SIZE = 4096

type Show = (info: LinkInfo) => string | null

const ARPHRD = Object.freeze({ loopback: 772, dummy: 1, ifb: 1, veth: 1 })

function up(info: LinkInfo): boolean {
  return (info.link.flags & IFF_UP) !== 0
}

/** sysfs shows the user's flags and promiscuity, not the operational bits (dev->flags). */
function devFlags(info: LinkInfo): string {
  return `0x${(info.link.flags & 0xffbf).toString(16)}`
}

/** Attributes in sysfs' own names; null is EINVAL, as for a device that is down or knows no speed. */
const ATTRIBUTES: Readonly<Record<string, Show>> = Object.freeze({
  addr_assign_type: (i) => (i.link.kind === 'loopback' ? '0' : i.link.address === i.link.permAddress ? '0' : '1'),
  addr_len: () => '6',
  address: (i) => formatMac(i.link.address),
  broadcast: (i) => formatMac(i.link.broadcast),
  carrier: (i) => (up(i) ? (linkIsRunning(i.link) ? '1' : '0') : null),
  carrier_changes: (i) => String(i.link.carrierChanges ?? 0),
  // the first change of every kind is the loss of carrier
  carrier_down_count: (i) => String(Math.ceil((i.link.carrierChanges ?? 0) / 2)),
  carrier_up_count: (i) => String(Math.floor((i.link.carrierChanges ?? 0) / 2)),
  dev_id: () => '0x0',
  dev_port: () => '0',
  dormant: (i) => (up(i) ? '0' : null),
  duplex: (i) => (up(i) && i.link.kind === 'veth' ? 'full' : null),
  flags: devFlags,
  gro_flush_timeout: () => '0',
  ifalias: (i) => i.link.alias ?? '',
  ifindex: (i) => String(i.link.ifindex),
  iflink: (i) => String(i.link.peer?.ifindex ?? i.link.ifindex),
  link_mode: () => '0',
  mtu: (i) => String(i.link.mtu),
  name_assign_type: (i) => (i.link.kind === 'loopback' ? '2' : '3'),
  netdev_group: (i) => String(i.link.group),
  operstate: (i) => linkOperState(i.link).toLowerCase(),
  proto_down: () => '0',
  speed: (i) => (up(i) && i.link.kind === 'veth' ? '10000' : null),
  tx_queue_len: (i) => String(i.link.txqlen),
  type: (i) => String(ARPHRD[i.link.kind]),
  uevent: (i) => `INTERFACE=${i.link.name}\nIFINDEX=${i.link.ifindex}`,
})

/** Which attributes can be written: the request that a text means, null when it is no number. */
const STORE: Readonly<Record<string, (dev: string, text: string) => LinkSet | null>> = Object.freeze({
  mtu: (dev, text) => numeric(text, (mtu) => ({ dev, mtu })),
  tx_queue_len: (dev, text) => numeric(text, (txqlen) => ({ dev, txqlen })),
  netdev_group: (dev, text) => numeric(text, (group) => ({ dev, group })),
  ifalias: (dev, text) => ({ dev, alias: text }),
})

function numeric(text: string, make: (n: number) => LinkSet): LinkSet | null {
  return /^(0x[0-9a-fA-F]+|\d+)$/.test(text) ? make(Number(text)) : null
}

/** statistics/*: the counters that are kept, zero for those of hardware. */
const STATISTICS: Readonly<Record<string, keyof LinkStats | null>> = Object.freeze({
  collisions: null,
  multicast: 'rxMulticast',
  rx_bytes: 'rxBytes',
  rx_compressed: null,
  rx_crc_errors: null,
  rx_dropped: 'rxDropped',
  rx_errors: 'rxErrors',
  rx_fifo_errors: null,
  rx_frame_errors: null,
  rx_length_errors: null,
  rx_missed_errors: null,
  rx_nohandler: null,
  rx_over_errors: null,
  rx_packets: 'rxPackets',
  tx_aborted_errors: null,
  tx_bytes: 'txBytes',
  tx_carrier_errors: null,
  tx_compressed: null,
  tx_dropped: 'txDropped',
  tx_errors: 'txErrors',
  tx_fifo_errors: null,
  tx_heartbeat_errors: null,
  tx_packets: 'txPackets',
  tx_window_errors: null,
})

/** A device of the asking namespace, or null. */
export function linkOf(who: Asker, dev: string): LinkInfo | null {
  const r = who.machine.netlink.request(who.netns, 'link.get', { dev })
  return r.ok ? r.value : null
}

export function linksOf(who: Asker): readonly LinkInfo[] {
  const r = who.machine.netlink.request(who.netns, 'link.list', {})
  return r.ok ? r.value : []
}

function toIo(r: Result<Operations['link.set']['reply']>): IoResult<null> {
  return r.ok ? { ok: true, value: null } : { ok: false, errno: r.errno }
}

function attribute(who: Asker, dev: string, name: string): VirtualFileNode | null {
  const show = ATTRIBUTES[name]
  if (show === undefined) return null
  const store = STORE[name]
  return {
    type: 'file',
    mode: store === undefined ? 0o444 : 0o644,
    size: SIZE,
    read: () => {
      const info = linkOf(who, dev)
      const text = info === null ? null : show(info)
      if (text === null) return { ok: false, errno: 'EINVAL' }
      return { ok: true, value: text === '' ? '' : `${text}\n` }
    },
    write: (text) => {
      if (store === undefined) return { ok: false, errno: 'EACCES' }
      const req = store(dev, text.replace(/\n$/, ''))
      return req === null
        ? { ok: false, errno: 'EINVAL' }
        : toIo(who.machine.netlink.request(who.netns, 'link.set', req))
    },
  }
}

function statistic(who: Asker, dev: string, name: string): VirtualNode | null {
  const key = STATISTICS[name]
  if (key === undefined) return null
  return readOnly(() => ({ ok: true, value: `${key === null ? 0 : (linkOf(who, dev)?.stats[key] ?? 0)}\n` }), SIZE)
}

export function sysClassNet(who: Asker, path: readonly string[]): VirtualNode | null {
  const [dev] = path
  if (dev === undefined) return directory(linksOf(who).map((l) => l.link.name))
  if (path.length > 1 || linkOf(who, dev) === null) return null
  return { type: 'symlink', target: `../../devices/virtual/net/${dev}` }
}

export function sysDevicesNet(who: Asker, path: readonly string[]): VirtualNode | null {
  const [dev, name, counter] = path
  if (dev === undefined) return directory(linksOf(who).map((l) => l.link.name))
  if (linkOf(who, dev) === null) return null
  if (name === undefined) return directory([...Object.keys(ATTRIBUTES), 'statistics', 'subsystem'])
  if (name === 'subsystem') return path.length === 2 ? { type: 'symlink', target: '../../../../class/net' } : null
  if (name !== 'statistics') return path.length === 2 ? attribute(who, dev, name) : null
  if (counter === undefined) return directory(Object.keys(STATISTICS))
  return path.length === 3 ? statistic(who, dev, counter) : null
}

export function runNetns(who: Asker, path: readonly string[]): VirtualNode | null {
  const r = who.machine.netlink.request(who.netns, 'netns.list', {})
  const names = r.ok ? r.value.map((n) => n.name) : []
  if (path.length === 0) return directory(names)
  return path.length === 1 && names.includes(path[0]!) ? readOnly(() => ({ ok: false, errno: 'EINVAL' })) : null
}
