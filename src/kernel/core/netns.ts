// A network namespace at run time: its configuration root, its devices, and the tables that packets teach.
// Read first: docs/architecture.md, "State". Reference: include/net/net_namespace.h.
import type { NetnsConfig } from '../../uapi/config.ts'
import type { FragmentQueues } from '../ipv4/reassembly.ts'
import type { RouteCache } from '../ipv4/rtable.ts'
import type { Kernel } from '../kernel.ts'
import type { SocketTable } from '../socket/table.ts'
import type { NeighTable } from './neighbour.ts'
import { NetDevice } from './netdevice.ts'

export class NetNs {
  readonly kernel: Kernel
  /** 0 is the machine's initial namespace. */
  readonly id: number
  cfg: NetnsConfig
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

  /** Make the run-time devices equal to a new configuration. Links that left are in `gone`, for their peers' sake. */
  sync(cfg: NetnsConfig): NetDevice[] {
    const gone: NetDevice[] = []
    if (cfg.links !== this.cfg.links || this.devices.size === 0) {
      const seen = cfg.links.length !== this.devices.size ? new Set<number>() : null
      for (const link of cfg.links) {
        seen?.add(link.ifindex)
        const dev = this.devices.get(link.ifindex)
        if (dev === undefined) this.attach(new NetDevice(this, link))
        else if (dev.link !== link) {
          if (dev.name !== link.name) {
            this.byName.delete(dev.name)
            this.byName.set(link.name, dev)
          }
          dev.mirror(link)
        }
      }
      for (const dev of seen === null ? [] : this.devices.values()) {
        if (seen!.has(dev.ifindex)) continue
        gone.push(dev)
      }
      for (const dev of gone) this.detach(dev)
    }
    this.cfg = cfg
    return gone
  }

  /** Put a device here (creation, or arrival from another namespace). */
  attach(dev: NetDevice): void {
    dev.net = this
    this.devices.set(dev.ifindex, dev)
    this.byName.set(dev.name, dev)
    if (dev.ifindex === 1) this.lo = dev
  }

  detach(dev: NetDevice): void {
    this.devices.delete(dev.ifindex)
    if (this.byName.get(dev.name) === dev) this.byName.delete(dev.name)
  }
}
