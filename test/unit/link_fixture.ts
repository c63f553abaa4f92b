// A kernel driven by requests alone: short words for them, answers as short text.
import { Kernel } from '../../src/kernel/kernel.ts'
import { formatIp4, ip4 } from '../../src/lib/ip4.ts'
import { Simulation } from '../../src/sim/clock.ts'
import { Random } from '../../src/sim/random.ts'
import { IFA_F_SECONDARY, IFF_UP, type Link } from '../../src/uapi/link.ts'
import type { AddrSpec, LinkAdd, LinkSet, NewMode, Notification, Op, Operations } from '../../src/uapi/request.ts'

export const UP = Object.freeze({ flags: IFF_UP, mask: IFF_UP })
export const DOWN = Object.freeze({ flags: 0, mask: IFF_UP })
const SECOND = 1_000_000_000

export class Machine {
  readonly kernel = new Kernel(new Simulation(), new Random(1))
  readonly heard: string[] = []
  /** Namespace of the requests. */
  ns = 0

  at(name: string | number): this {
    this.ns = typeof name === 'number' ? name : this.kernel.netnsNames.get(name)!
    return this
  }

  /** The answer, or the errno and text of the refusal. */
  ask<K extends Op>(op: K, req: Operations[K]['req']): Operations[K]['reply'] | string {
    const r = this.kernel.request(this.ns, op, req)
    if (r.ok) return r.value
    return r.extack === null ? r.errno : `${r.errno}: ${r.extack}`
  }

  must<K extends Op>(op: K, req: Operations[K]['req']): Operations[K]['reply'] {
    const r = this.kernel.request(this.ns, op, req)
    if (!r.ok) throw new Error(`${op}: ${r.errno} ${r.extack ?? ''}`)
    return r.value
  }

  netns(name: string): number {
    return this.must('netns.add', { name })
  }

  add(kind: LinkAdd['kind'], name: string | null, more: Partial<LinkAdd> = {}): unknown {
    return this.ask('link.add', { kind, name, ...more })
  }

  set(dev: string, what: Omit<LinkSet, 'dev'>): unknown {
    return this.ask('link.set', { dev, ...what })
  }

  link(dev: string): Link {
    return this.must('link.get', { dev }).link
  }

  names(): string[] {
    return this.must('link.list', {}).map(
      (i) => `${i.link.ifindex}:${i.link.name}${i.peerName === null ? '' : `@${i.peerName}`}`,
    )
  }

  addr(dev: string, prefix: string, more: Partial<AddrSpec> = {}, mode: NewMode = 'add'): unknown {
    return this.ask('addr.new', { mode, addr: this.spec(dev, prefix, more) })
  }

  delAddr(dev: string, prefix: string, more: Partial<AddrSpec> = {}): unknown {
    const match = { address: prefix.includes('/') || more.peer !== undefined, label: more.label !== undefined }
    return this.ask('addr.del', { addr: this.spec(dev, prefix, more), match })
  }

  private spec(dev: string, prefix: string, more: Partial<AddrSpec>): AddrSpec {
    const [a, len] = prefix.split('/')
    return { dev, local: ip4(a!), prefixlen: len === undefined ? 32 : Number(len), ...more }
  }

  addrs(dev: string): string[] {
    return this.link(dev).addrs.map((a) => {
      const peer = a.address === a.local ? '' : ` peer ${formatIp4(a.address)}`
      return `${formatIp4(a.local)}${peer}/${a.prefixlen}${(a.flags & IFA_F_SECONDARY) === 0 ? '' : ' secondary'}`
    })
  }

  /** dst/len of the namespace's routes of a table, with source. */
  routes(table: number): string[] {
    return this.must('route.list', { table }).map(
      (r) => `${r.type} ${formatIp4(r.dst)}/${r.len} src ${formatIp4(r.prefsrc)}`,
    )
  }

  read(path: string): string {
    const r = this.kernel.request(this.ns, 'sysctl.get', { path })
    return r.ok ? r.value.value : r.errno
  }

  write(path: string, value: string): string {
    const r = this.kernel.request(this.ns, 'sysctl.set', { path, value })
    return r.ok ? this.read(path) : r.errno
  }

  /** Hear what `ip monitor` in the namespace would. */
  listen(spell: (n: Notification) => string | null): void {
    this.kernel.monitors.set(this.ns, 1)
    this.kernel.monitorSink = {
      notify: (_ns, n) => {
        const text = spell(n)
        if (text !== null) this.heard.push(text)
      },
    }
  }

  run(seconds: number): void {
    const end = this.kernel.sim.now + seconds * SECOND
    while (this.kernel.sim.step(end, this.kernel)) {}
    this.kernel.sim.advance(end)
  }
}
