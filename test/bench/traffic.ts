// 64-byte UDP frames from one namespace to another, as fast as they go: the load of the bench.
import type { Host } from 'netsim'

const OWNER = { pid: 0, name: 'bench', uid: 0, gid: 0 }
/** Payload of a 64-byte frame: 64 - 4 (FCS) - 14 - 20 - 8. */
const PAYLOAD = 18
const BATCH = 64

function value<T>(r: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errno: string }): T {
  if (!r.ok) throw new Error(r.errno)
  return r.value
}

export class Traffic {
  private readonly machine: Host['current']
  private readonly tx: number
  private readonly rx: number
  private readonly data = new Uint8Array(PAYLOAD)

  constructor(host: Host, from: string, to: string, address: string) {
    this.machine = host.current
    const { sockets } = this.machine.kernel
    const addr = address.split('.').reduce((a, part) => (a << 8) | Number(part), 0)
    this.rx = value(sockets.socket(host.netns(to).id, 'udp', 0, OWNER))
    value(sockets.bind(this.rx, { addr: 0, port: 9 }))
    this.tx = value(sockets.socket(host.netns(from).id, 'udp', 0, OWNER))
    value(sockets.connect(this.tx, { addr, port: 9 }))
  }

  /** Packets that were received. */
  private batch(): number {
    const { sim, kernel } = this.machine
    for (let i = 0; i < BATCH; i++) kernel.sockets.send(this.tx, this.data)
    while (sim.inFlight > 0) sim.step(Number.POSITIVE_INFINITY, this.machine)
    let n = 0
    while (kernel.sockets.recv(this.rx).ok) n++
    return n
  }

  /** Packet-hops per second over so many seconds of real time. */
  run(seconds: number, hops: number): number {
    const start = performance.now()
    let n = 0
    while (performance.now() - start < seconds * 1000) n += this.batch()
    return (n * hops * 1000) / (performance.now() - start)
  }
}
