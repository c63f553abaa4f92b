// One request = one transaction over the namespaces it touches: it succeeds whole or changes nothing, except for what Linux
// keeps too when it refuses (keepOnRefusal, useIfindex).
// Drafts are immer's; what has to happen to mutable tables waits in `after` until the configuration is committed.
import { createDraft, type Draft, finishDraft } from 'immer'
import type { Errno } from '../../lib/errno.ts'
import type { NetnsConfig } from '../../uapi/config.ts'
import type { Link } from '../../uapi/link.ts'
import type { Notification } from '../../uapi/request.ts'
import type { Kernel } from '../kernel.ts'
import { KernelError } from './errors.ts'
import { allLinks, LinkList } from './link_list.ts'
import type { NetNs } from './netns.ts'

export class Transaction {
  readonly kernel: Kernel
  private readonly drafts = new Map<NetNs, Draft<NetnsConfig>>()
  private readonly linkLists = new Map<NetNs, LinkList>()
  private readonly nsidLists = new Map<NetNs, NetnsConfig['nsids']>()
  private readonly effects: (() => void)[] = []
  private readonly notes: { net: NetNs; note: () => Notification | null }[] = []
  private readonly moves: { from: NetNs; ifindex: number; to: NetNs; newIfindex: number }[] = []
  /** The next ifindex of namespaces where this request has taken one. */
  private readonly ifindexes = new Map<NetNs, number>()
  private kept = false
  /** Text for Result.warning. */
  warning: string | null = null

  constructor(kernel: Kernel) {
    this.kernel = kernel
  }

  /** The namespace's configuration, to be edited. Replace large arrays (routes) whole, frozen, rather than editing them. */
  edit(net: NetNs): Draft<NetnsConfig> {
    let d = this.drafts.get(net)
    if (d === undefined) {
      d = createDraft(net.cfg)
      this.drafts.set(net, d)
    }
    return d
  }

  /** The configuration as this transaction has it so far (draft if edited, else the committed one). Read only. */
  view(net: NetNs): NetnsConfig {
    return (this.drafts.get(net) as NetnsConfig | undefined) ?? net.cfg
  }

  /** The namespace's links as this transaction has them so far: plain frozen objects (searching a draft would make one of each). */
  links(net: NetNs): readonly Link[] {
    return this.linkLists.get(net)?.all() ?? allLinks(net.cfg.links)
  }

  /** The same to be edited (see core/links.ts), and null when this transaction has not edited them yet. */
  editLinks(net: NetNs): LinkList {
    let list = this.linkLists.get(net)
    if (list === undefined) {
      list = new LinkList(net.cfg.links)
      this.linkLists.set(net, list)
      this.edit(net)
    }
    return list
  }

  linkList(net: NetNs): LinkList | null {
    return this.linkLists.get(net) ?? null
  }

  /** The namespace's ids of others as this transaction has them so far (see core/nsid.ts): plain frozen values. */
  nsids(net: NetNs): NetnsConfig['nsids'] {
    return this.nsidLists.get(net) ?? net.cfg.nsids
  }

  /** Replace them whole. */
  setNsids(net: NetNs, nsids: NetnsConfig['nsids']): void {
    const list = Object.freeze(nsids)
    this.nsidLists.set(net, list)
    this.edit(net).nsids = list as Draft<NetnsConfig['nsids'][number]>[]
  }

  /** Run after the commit, in order: changes of mutable tables, frames to send, timers. */
  after(effect: () => void): void {
    this.effects.push(effect)
  }

  /** Tell `ip monitor` listeners of the namespace after the commit (evaluated then; null tells nothing). */
  notify(net: NetNs, note: () => Notification | null): void {
    this.notes.push({ net, note })
  }

  /** The link leaves one namespace's configuration for another's: its run-time device (statistics, taps) goes with it. */
  move(from: NetNs, ifindex: number, to: NetNs, newIfindex: number): void {
    this.moves.push({ from, ifindex, to, newIfindex })
  }

  /** do_setlink has no way back: a refusal from now on leaves what was changed before it. */
  keepOnRefusal(): void {
    this.kept = true
  }

  /** An ifindex that was given out is used up, even when the request is refused afterwards (dev_new_index). */
  useIfindex(net: NetNs, next: number): void {
    this.edit(net).nextIfindex = next
    this.ifindexes.set(net, next)
  }

  refuse(errno: Errno, extack: string | null = null): never {
    throw new KernelError(errno, extack)
  }

  /** @internal The request was refused. */
  abandon(): void {
    if (this.kept) {
      this.commit()
      return
    }
    for (const [net, nextIfindex] of this.ifindexes) {
      this.kernel.adopt(net, Object.freeze({ ...net.cfg, nextIfindex }), null)
    }
  }

  /** @internal */
  commit(): void {
    for (const { from, ifindex, to, newIfindex } of this.moves) {
      const dev = from.device(ifindex)
      if (dev === null) continue
      from.detach(dev)
      dev.ifindex = newIfindex
      to.attach(dev)
    }
    for (const [net, draft] of this.drafts) {
      const list = this.linkList(net)
      if (list !== null) draft.links = list.table() as Draft<NetnsConfig['links']>
      this.kernel.adopt(net, finishDraft(draft) as NetnsConfig, list?.touched ?? null)
    }
    this.kernel.relink()
    for (const effect of this.effects) effect()
    for (const { net, note } of this.notes) {
      if (!this.kernel.hasMonitors(net)) continue
      const n = note()
      if (n !== null) this.kernel.notifyMonitors(net, n)
    }
  }
}
