// The kernel of one machine: its namespaces, its clock, and the one door for requests.
// Read first: docs/architecture.md, then uapi/request.ts.
import { freeze } from 'immer'
import { EV_RESUME, EV_RX, EV_TIMER, type Simulation, type Timer } from '../sim/clock.ts'
import type { Random } from '../sim/random.ts'
import type { NetnsConfig } from '../uapi/config.ts'
import { IFF_UP } from '../uapi/link.ts'
import type { Netlink, NetnsId, Notification, Op, Operations, Result } from '../uapi/request.ts'
import type { Sockets, Upcalls } from '../uapi/socket.ts'
import type { TraceSink } from '../uapi/trace.ts'
import type { Packet } from '../wire/packet.ts'
import { netif_receive_skb } from './core/dev.ts'
import { KernelError } from './core/errors.ts'
import { NeighTable, neighTimer, TIMER_NEIGH, TIMER_NEIGH_GC, TIMER_NEIGH_PROXY } from './core/neighbour.ts'
import { initialNetnsConfig, put_net } from './core/net_namespace.ts'
import type { NetDevice } from './core/netdevice.ts'
import { NetNs } from './core/netns.ts'
import { SkBuff } from './core/skbuff.ts'
import { Transaction } from './core/transaction.ts'
import { answerCost, requestCost } from './cost.ts'
import { handlers } from './handlers.ts'
import { type FragmentTrain, sendFragments } from './ipv4/fragment.ts'
import { IcmpLimits } from './ipv4/icmp_ratelimit.ts'
import { type AddrTimer, check_lifetime, TIMER_ADDR } from './ipv4/ifaddr_lifetime.ts'
import { FragmentQueues, fragTimer, TIMER_FRAG } from './ipv4/reassembly.ts'
import { RouteCache } from './ipv4/rtable.ts'
import { type ConntrackGc, gc_worker, TIMER_CT_GC } from './netfilter/conntrack/gc.ts'
import { KernelLog } from './netfilter/klog.ts'
import { Netfilter } from './netfilter/state.ts'
import { SocketLayer, socketTimer, TIMER_SOCKET } from './socket/layer.ts'
import { SocketTable } from './socket/table.ts'

/** Latency of a veth crossing (and of the loopback's backlog) in ns: what softirq takes on a quiet machine. */
export const VETH_LATENCY = 5_000
export const LOOPBACK_LATENCY = 5_000

/** A timer of the kernel; `kind` selects the handler in Kernel.timer. */
export type KernelTimer = Timer

export class Kernel implements Netlink {
  readonly sim: Simulation
  readonly random: Random
  readonly nets = new Map<NetnsId, NetNs>()
  /** The machine's own namespace, id 0. */
  readonly initNet: NetNs
  /** /run/netns: names in creation order. */
  readonly netnsNames = new Map<string, NetnsId>()
  /** Null when nobody listens. */
  tr: TraceSink | null = null
  upcalls: Upcalls | null = null
  readonly sockets: Sockets
  readonly layer: SocketLayer
  readonly vethLane: number
  readonly loLane: number
  /** Keys fib_multipath_hash, as the kernel's siphash key does. */
  readonly multipathSeed: number
  /** The machine-wide credit of ICMP messages (icmp_global). */
  readonly icmpLimits = new IcmpLimits()
  readonly klog = new KernelLog()
  /** What goes out over lo comes in at once, as when softirqs run before a system call returns (nf_send_unreach). */
  loopbackAtOnce = false
  /** icmp_xmit_lock: an ICMP message is on its way out. What goes wrong with it makes no other one. */
  icmpLocked = false
  private lastPacket = 0
  private lastConntrack = 0
  private lastNetns = 0
  private lastInode = 4026531840
  /** Registered by `ip monitor`: namespace → listeners, told through `monitorSink`. */
  readonly monitors = new Map<NetnsId, number>()
  monitorSink: { notify(netns: NetnsId, n: Notification): void } | null = null
  /** Devices made by the current commit, whose peers have to be linked. */
  private fresh: NetDevice[] = []

  constructor(sim: Simulation, random: Random) {
    this.sim = sim
    this.random = random
    this.multipathSeed = random.u32() | 0
    this.vethLane = sim.lane(VETH_LATENCY)
    this.loLane = sim.lane(LOOPBACK_LATENCY)
    this.layer = new SocketLayer(this)
    this.sockets = this.layer
    this.initNet = this.createNetns(initialNetnsConfig(null))
    this.request(0, 'link.set', { dev: 1, flags: { flags: IFF_UP, mask: IFF_UP } })
  }

  /** A namespace with its lo; the first is the machine's own (id 0). */
  createNetns(cfg: NetnsConfig): NetNs {
    const net = new NetNs(this, this.lastNetns++, cfg)
    net.neigh = new NeighTable(net)
    net.sockets = new SocketTable(net)
    net.frags = new FragmentQueues(net)
    net.routes = new RouteCache(net)
    net.nf = new Netfilter(net)
    this.nets.set(net.id, net)
    net.sync(freeze(cfg, true), this.fresh)
    this.fresh = []
    return net
  }

  /** Work that counts against the limit of steps; before the commit, so that a request that reaches it changes nothing. */
  charge(steps: number): void {
    if (steps > 0) this.upcalls?.charge?.(steps)
  }

  net(id: NetnsId): NetNs {
    const net = this.nets.get(id)
    if (net === undefined) throw new KernelError('ENODEV')
    return net
  }

  /** A fresh inode number, for sockets. */
  nextInode(): number {
    return ++this.lastInode
  }

  /** A fresh id for a connection, unique in the machine. */
  nextConntrackId(): number {
    return ++this.lastConntrack
  }

  nextPacketId(): number {
    return ++this.lastPacket
  }

  newSkb(pkt: Pick<Packet, 'net' | 'l4' | 'data'>): SkBuff {
    return new SkBuff(++this.lastPacket, pkt.net, pkt.l4, pkt.data)
  }

  request<K extends Op>(netns: NetnsId, op: K, req: Operations[K]['req']): Result<Operations[K]['reply']> {
    const tx = new Transaction(this)
    try {
      const net = this.net(netns)
      this.charge(requestCost(net, op))
      const value = handlers[op](tx, net, req)
      this.charge(answerCost(value))
      tx.commit()
      return tx.warning === null ? { ok: true, value } : { ok: true, value, warning: tx.warning }
    } catch (e) {
      if (!(e instanceof KernelError)) throw e
      tx.abandon()
      return { ok: false, errno: e.errno, extack: e.extack }
    }
  }

  /**
   * @internal Take over a committed configuration; devices that left let go of their peers. `touched`: ifindexes of the
   * links that differ, null when nobody kept account.
   */
  adopt(net: NetNs, cfg: NetnsConfig, touched: ReadonlySet<number> | null): void {
    for (const dev of net.sync(cfg, this.fresh, touched)) {
      if (dev.peer !== null && dev.peer.peer === dev) dev.peer.peer = null
      dev.peer = null
      dev.up = false
      dev.running = false
    }
  }

  /** @internal Connect the two ends of new veth pairs. */
  relink(): void {
    if (this.fresh.length === 0) return
    for (const dev of this.fresh) {
      const ref = dev.link.peer
      if (ref === null) continue
      const peer = this.nets.get(ref.netns)?.device(ref.ifindex) ?? null
      dev.peer = peer
      if (peer !== null) peer.peer = dev
    }
    this.fresh = []
  }

  /** unshare(CLONE_NEWNET): a namespace without a name. */
  newNetns(): NetnsId {
    return this.createNetns(initialNetnsConfig(this.initNet.cfg)).id
  }

  /** The last process has left a namespace: it ends if nothing names it. */
  putNetns(id: NetnsId): void {
    put_net(this, id)
  }

  hasMonitors(net: NetNs): boolean {
    return (this.monitors.get(net.id) ?? 0) > 0
  }

  notifyMonitors(net: NetNs, n: Notification): void {
    this.monitorSink?.notify(net.id, n)
  }

  /** Arm a kernel timer `delay` ns from now. */
  arm(timer: KernelTimer, delay: number): void {
    this.sim.armWheel(timer, this.sim.now + delay)
  }

  /** One event of the simulation that belongs to the kernel; false when it is not the kernel's. */
  dispatch(kind: number, a: object, b: object | null): boolean {
    if (kind === EV_RX) {
      netif_receive_skb(a as NetDevice, b as SkBuff)
      return true
    }
    if (kind === EV_RESUME) {
      sendFragments(a as FragmentTrain, true)
      return true
    }
    if (kind !== EV_TIMER) return false
    const timer = a as KernelTimer
    switch (timer.kind) {
      case TIMER_NEIGH:
      case TIMER_NEIGH_GC:
      case TIMER_NEIGH_PROXY:
        neighTimer(this, timer)
        return true
      case TIMER_ADDR:
        check_lifetime(timer as AddrTimer)
        return true
      case TIMER_FRAG:
        fragTimer(this, timer)
        return true
      case TIMER_CT_GC:
        gc_worker(timer as ConntrackGc)
        return true
      case TIMER_SOCKET:
        socketTimer(this, timer)
        return true
      default:
        return false
    }
  }
}
