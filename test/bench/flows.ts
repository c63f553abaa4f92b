// UDP datagrams of as many flows as one likes, from raw sockets with their own IP header: each flow has its own source address and port.
import type { Host } from 'netsim'

const OWNER = { pid: 0, name: 'bench', uid: 0, gid: 0 }
const BATCH = 64
/** A 64-byte frame without its Ethernet header and FCS. */
const LENGTH = 46

function value<T>(r: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errno: string }): T {
  if (!r.ok) throw new Error(r.errno)
  return r.value
}

function ip4(text: string): number {
  return text.split('.').reduce((a, part) => (a << 8) | Number(part), 0)
}

/** Flow i of the load: 10.200.0.0/14 × 256 ports. */
function datagram(flow: number, dst: number, dport: number): Uint8Array {
  const b = new Uint8Array(LENGTH)
  const v = new DataView(b.buffer)
  v.setUint8(0, 0x45)
  v.setUint16(2, LENGTH)
  v.setUint8(8, 64)
  v.setUint8(9, 17)
  v.setUint32(12, 0x0ac80000 + (flow >>> 8))
  v.setInt32(16, dst)
  v.setUint16(20, 10_000 + (flow & 255))
  v.setUint16(22, dport)
  v.setUint16(24, LENGTH - 20)
  return b
}

export class Flows {
  private readonly machine: Host['current']
  private readonly tx: number
  private readonly rx: number

  constructor(host: Host, from: string, to: string) {
    this.machine = host.current
    const { sockets } = this.machine.kernel
    this.rx = value(sockets.socket(host.netns(to).id, 'udp', 0, OWNER))
    value(sockets.bind(this.rx, { addr: 0, port: 9 }))
    this.tx = value(sockets.socket(host.netns(from).id, 'raw', 255, OWNER))
    value(sockets.setOptions(this.tx, { hdrIncl: true }))
  }

  /** One datagram of each flow from `first` on, `count` of them; how many arrived. */
  send(dst: string, dport: number, first: number, count: number, step = 1, modulo = Number.MAX_SAFE_INTEGER): number {
    const { sim, kernel } = this.machine
    const addr = ip4(dst)
    const to = { addr, port: 0 }
    let got = 0
    for (let i = 0; i < count; ) {
      for (const end = Math.min(count, i + BATCH); i < end; i++) {
        kernel.sockets.sendto(this.tx, datagram((first + i * step) % modulo, addr, dport), to)
      }
      while (sim.inFlight > 0) sim.step(Number.POSITIVE_INFINITY, this.machine)
      while (kernel.sockets.recv(this.rx).ok) got++
    }
    return got
  }

  /** Datagrams per second of `count` flows, all of which have to arrive. */
  rate(dst: string, dport: number, first: number, count: number, step = 1, modulo = Number.MAX_SAFE_INTEGER): number {
    const start = performance.now()
    const got = this.send(dst, dport, first, count, step, modulo)
    if (got !== count) throw new Error(`${got} of ${count} datagrams arrived`)
    return (count * 1000) / (performance.now() - start)
  }
}
