// A network namespace at run time: its configuration root, its devices, and the tables that packets teach.
// Read first: docs/architecture.md, "State". Reference: include/net/net_namespace.h.
import type { NetnsConfig } from '../../uapi/config.ts'
import type { Link } from '../../uapi/link.ts'
import type { FibCache } from '../ipv4/fib_cache.ts'
import type { AddrTimer } from '../ipv4/ifaddr_lifetime.ts'
import type { FragmentQueues } from '../ipv4/reassembly.ts'
import type { RouteCache } from '../ipv4/rtable.ts'
import type { Kernel } from '../kernel.ts'
import type { Netfilter } from '../netfilter/state.ts'
import type { SocketTable } from '../socket/table.ts'
import { allLinks, findLink } from './link_list.ts'
import type { NeighTable } from './neighbour.ts'
import { NetDevice } from './netdevice.ts'

const NONE: readonly never[] = Object.freeze([])

export class NetNs {
  readonly kernel: Kernel
  /** 0 is the machine's initial namespace. */
  readonly id: number
  cfg: NetnsConfig
  /** Its name in /run/netns, null for none. */
  name: string | null = null
  /** cfg.nsids by namespace, kept with it. */
  readonly nsidOf = new Map<number, number>()
  /** Ends lifetimes of addresses; made when the first one is finite. */
  addrTimer: AddrTimer | null = null
  /** By ifindex. */
  readonly devices = new Map<number, NetDevice>()
  readonly byName = new Map<string, NetDevice>()
  /** ifindex 1. */
  lo!: NetDevice
  /** IPv4 neighbours (arp_tbl's entries of this namespace). */
  neigh!: NeighTable
  sockets!: SocketTable
  frags!: FragmentQueues
  routes!: RouteCache
  nf!: Netfilter
  /** Compiled routing tables, made at the first lookup. */
  fib: FibCache | null = null
  /** Inodes of AF_PACKET sockets that listen on every device. */
  taps: number[] = []
  /** The namespace is going away: nothing is delivered into it. */
  dead = false

  constructor(kernel: Kernel, id: number, cfg: NetnsConfig) {
    this.kernel = kernel
    this.id = id
    this.cfg = cfg
  }

  device(ifindex: number): NetDevice | null {
    return this.devices.get(ifindex) ?? null
  }

  /**
   * Make the run-time devices equal to a new configuration. `touched` names the links that may differ; without it both lists
   * are compared. New devices are added to `fresh`; those that left are returned, for their peers' sake.
   */
  sync(cfg: NetnsConfig, fresh: NetDevice[] = [], touched: ReadonlySet<number> | null = null): readonly NetDevice[] {
    const before = this.devices.size === 0 ? null : this.cfg.links
    this.cfg = cfg
    if (cfg.links === before) return NONE
    const gone: NetDevice[] = []
    if (touched === null) this.compare(before === null ? NONE : allLinks(before), allLinks(cfg.links), fresh, gone)
    else {
      touched.forEach((ifindex) => {
        const link = findLink(cfg.links.blocks, ifindex)
        if (link === null) this.drop(ifindex, gone)
        else this.take(link, fresh)
      })
    }
    return gone
  }

  /** Both lists are sorted by ifindex and share what did not change. */
  private compare(before: readonly Link[], now: readonly Link[], fresh: NetDevice[], gone: NetDevice[]): void {
    let i = 0
    let j = 0
    while (i < before.length || j < now.length) {
      const old = before[i]
      const link = now[j]
      if (old === link) {
        i++
        j++
      } else if (link === undefined || (old !== undefined && old.ifindex < link.ifindex)) {
        this.drop(old!.ifindex, gone)
        i++
      } else {
        this.take(link, fresh)
        if (old?.ifindex === link.ifindex) i++
        j++
      }
    }
  }

  /** A link that is no longer in the configuration; one that moved away is not here any more. */
  private drop(ifindex: number, gone: NetDevice[]): void {
    const dev = this.devices.get(ifindex)
    if (dev === undefined) return
    gone.push(dev)
    this.detach(dev)
  }

  /** A link that is new or has changed. */
  private take(link: Link, fresh: NetDevice[]): void {
    const dev = this.devices.get(link.ifindex)
    if (dev === undefined) {
      const made = new NetDevice(this, link)
      this.attach(made)
      fresh.push(made)
      return
    }
    if (dev.link === link) return
    if (dev.name !== link.name) {
      if (this.byName.get(dev.name) === dev) this.byName.delete(dev.name)
      this.byName.set(link.name, dev)
    }
    dev.mirror(link)
  }

  /** Put a device here (creation, or arrival from another namespace). */
  attach(dev: NetDevice): void {
    dev.net = this
    this.devices.set(dev.ifindex, dev)
    // a device that arrives under a taken name is renamed by the configuration that follows
    if (!this.byName.has(dev.name)) this.byName.set(dev.name, dev)
    if (dev.ifindex === 1) this.lo = dev
  }

  detach(dev: NetDevice): void {
    this.devices.delete(dev.ifindex)
    if (this.byName.get(dev.name) === dev) this.byName.delete(dev.name)
  }
}
