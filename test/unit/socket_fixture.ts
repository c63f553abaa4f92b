// Two namespaces joined by a veth pair, with a wire log, a clock to turn and frames to lose: what the socket tests stand on.

import type { SkBuff } from '../../src/kernel/core/skbuff.ts'
import { Kernel } from '../../src/kernel/kernel.ts'
import { ip4 } from '../../src/lib/ip4.ts'
import { EV_RX, Simulation } from '../../src/sim/clock.ts'
import { Random } from '../../src/sim/random.ts'
import type { Op, Operations } from '../../src/uapi/request.ts'
import type { Received, SocketId, SocketOwner, SocketResult, SocketType } from '../../src/uapi/socket.ts'
import type { TraceEvent } from '../../src/uapi/trace.ts'
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, type Tcp } from '../../src/wire/tcp.ts'

export const OWNER: SocketOwner = { pid: 1, name: 'test', uid: 0, gid: 0 }
export const A = ip4('10.0.0.1')
export const B = ip4('10.0.0.2')
export const MS = 1_000_000
export const SECOND = 1000 * MS

/** The machine under test: namespaces a (10.0.0.1) and b (10.0.0.2), devices both called eth0. */
export class Lab {
  readonly sim = new Simulation()
  readonly kernel = new Kernel(this.sim, new Random(7))
  readonly a: number
  readonly b: number
  readonly events: TraceEvent[] = []
  /** TCP segments as they arrive on a veth: "time-in-ms a>b flags seq:length ack win". */
  readonly wire: string[] = []
  /** Frames for which this says true are lost. */
  lose: (skb: SkBuff, towards: 'a' | 'b') => boolean = () => false
  private readonly base = new Map<string, number>()

  constructor() {
    this.a = this.must(0, 'netns.add', { name: 'a' })
    this.b = this.must(0, 'netns.add', { name: 'b' })
    this.must(0, 'link.add', {
      kind: 'veth',
      name: 'eth0',
      netns: this.a,
      peer: { name: 'eth0', netns: this.b },
    })
    this.address(this.a, A)
    this.address(this.b, B)
    this.kernel.tr = { emit: (e) => void this.events.push(e) }
  }

  private address(ns: number, local: number): void {
    this.must(ns, 'link.set', { dev: 'lo', flags: { flags: 1, mask: 1 } })
    this.must(ns, 'link.set', { dev: 'eth0', flags: { flags: 1, mask: 1 } })
    this.must(ns, 'addr.new', { mode: 'add', addr: { dev: 'eth0', local, prefixlen: 24 } })
  }

  must<K extends Op>(ns: number, op: K, req: Operations[K]['req']): Operations[K]['reply'] {
    const r = this.kernel.request(ns, op, req)
    if (!r.ok) throw new Error(`${op}: ${r.errno} ${r.extack}`)
    return r.value
  }

  /** Let everything happen for that many virtual ns. */
  run(ns = 100 * MS): void {
    const until = this.sim.now + ns
    const dispatcher = {
      dispatch: (kind: number, x: object, y: object | null) => {
        if (kind === EV_RX && this.passes(x as { net: { id: number } }, y as SkBuff) === false) return
        this.kernel.dispatch(kind, x, y)
      },
    }
    while (this.sim.step(until, dispatcher));
    this.sim.advance(until)
  }

  private passes(dev: { net: { id: number } }, skb: SkBuff): boolean {
    const towards = dev.net.id === this.a ? 'a' : 'b'
    const lost = this.lose(skb, towards)
    if (skb.l4 !== null && skb.l4.kind === 'tcp') this.log(skb, skb.l4, towards, lost)
    return !lost
  }

  private log(skb: SkBuff, t: Tcp, towards: 'a' | 'b', lost: boolean): void {
    const way = towards === 'b' ? 'a>b' : 'b>a'
    if ((t.flags & TCP_SYN) !== 0) this.base.set(way, t.seq)
    const other = this.base.get(towards === 'b' ? 'b>a' : 'a>b') ?? 0
    const seq = (t.seq - (this.base.get(way) ?? 0)) >>> 0
    const ack = (t.flags & TCP_ACK) !== 0 ? ` ack ${(t.ack - other) >>> 0}` : ''
    this.wire.push(`${way} ${flagText(t.flags)} ${seq}:${skb.data.length}${ack}${lost ? ' LOST' : ''}`)
  }

  open(ns: number, type: SocketType, protocol = 0): SocketId {
    return value(this.kernel.sockets.socket(ns, type, protocol, OWNER))
  }

  /** A listener in b on a port, and a connection from a to it: [client, listener, server]. */
  connect(port = 80): [SocketId, SocketId, SocketId] {
    const s = this.kernel.sockets
    const l = this.open(this.b, 'tcp')
    value(s.bind(l, { addr: 0, port }))
    value(s.listen(l, 5))
    const c = this.open(this.a, 'tcp')
    s.connect(c, { addr: B, port })
    this.run(10 * MS)
    return [c, l, value(s.accept(l, OWNER)).socket]
  }

  /** Everything that can be read now, as text. */
  read(s: SocketId): string {
    let text = ''
    for (;;) {
      const r = this.kernel.sockets.recv(s)
      if (!r.ok || r.value.data.length === 0) return text
      text += new TextDecoder().decode(r.value.data)
    }
  }

  drops(): string[] {
    return this.events.flatMap((e) => (e.kind === 'drop' ? [`${e.fn} ${e.reason}`] : []))
  }

  states(socket: SocketId): string[] {
    return this.events.flatMap((e) => (e.kind === 'tcp-state' && e.socket === socket ? [e.after] : []))
  }
}

function flagText(flags: number): string {
  let t = ''
  if ((flags & TCP_SYN) !== 0) t += 'S'
  if ((flags & TCP_FIN) !== 0) t += 'F'
  if ((flags & TCP_RST) !== 0) t += 'R'
  if ((flags & TCP_PSH) !== 0) t += 'P'
  return t + ((flags & TCP_ACK) !== 0 ? '.' : '')
}

/** The answer of a call that must succeed. */
export function value<T>(r: SocketResult<T>): T {
  if (!r.ok) throw new Error(`refused: ${r.errno}`)
  return r.value
}

/** The errno of a call, or 'ok'. */
export function errno(r: SocketResult<unknown>): string {
  return r.ok ? 'ok' : r.errno
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The text of one received message. */
export function text(r: SocketResult<Received>): string {
  return r.ok ? new TextDecoder().decode(r.value.data) : r.errno
}
