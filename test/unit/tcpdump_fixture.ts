// A system for tcpdump to run on: links, a packet socket with frames to hand out, files in a map, everything it writes kept.
import type { Errno } from '../../src/lib/errno.ts'
import { ip4 } from '../../src/lib/ip4.ts'
import { type TcpdumpState, tcpdump } from '../../src/tools/tcpdump.ts'
import { IFF_BROADCAST, IFF_LOOPBACK, IFF_UP, type Link } from '../../src/uapi/link.ts'
import type { ProgramEvent, Signal, Sys } from '../../src/uapi/program.ts'
import type { Received } from '../../src/uapi/socket.ts'
import { DEVCONF_DEFAULTS, NEIGH_DEFAULTS } from '../../src/uapi/sysctl.ts'
import { arp } from '../../src/wire/arp.ts'
import { ethernet } from '../../src/wire/ethernet.ts'
import { icmp } from '../../src/wire/icmp.ts'
import { ipv4 } from '../../src/wire/ipv4.ts'
import type { Packet } from '../../src/wire/packet.ts'

export const MAC_A = 0x4a828d87f795
export const MAC_B = 0x5ea28f06a5a1

export function link(ifindex: number, name: string, over: Partial<Link> = {}): Link {
  return {
    ifindex,
    name,
    kind: 'veth',
    flags: IFF_UP | IFF_BROADCAST,
    carrier: true,
    mtu: 1500,
    address: MAC_A,
    broadcast: 0xffffffffffff,
    permAddress: 0,
    txqlen: 1000,
    alias: null,
    group: 0,
    qdisc: 'noqueue',
    peer: null,
    promiscuity: 0,
    numTxQueues: 1,
    numRxQueues: 1,
    addrs: [],
    conf: DEVCONF_DEFAULTS,
    neigh: NEIGH_DEFAULTS,
    ...over,
  }
}

/** An echo request of 64 bytes, as `ping` sends it. */
export function echo(type: number, seq: number, src = '10.0.0.1', dst = '10.0.0.2'): Packet {
  const net = ipv4(ip4(src), ip4(dst), 1, 64, 0, 1, true, false, 0, 84, null, false)
  const eth = type === 8 ? ethernet(MAC_B, MAC_A, 0x800) : ethernet(MAC_A, MAC_B, 0x800)
  return { eth, net, l4: icmp(type, 0, (77 << 16) | seq, false), data: new Uint8Array(56) }
}

export function whoHas(): Packet {
  const net = arp(1, MAC_A, ip4('10.0.0.1'), 0, ip4('10.0.0.2'))
  return { eth: ethernet(0xffffffffffff, MAC_A, 0x806), net, l4: null, data: new Uint8Array(0) }
}

const SOCKET_FD = 3
/** 2026-11-22 13:42:48 UTC */
const BOOT = 1795354968

export class Machine {
  readonly fds = new Map<number, string>([
    [1, ''],
    [2, ''],
  ])
  readonly files = new Map<string, string>()
  /** Path behind an open descriptor, and how far it has been read. */
  private readonly open = new Map<number, { path: string; at: number }>()
  links: Link[] = [link(1, 'lo', { kind: 'loopback', flags: IFF_UP | IFF_LOOPBACK }), link(2, 'v0')]
  queue: Received[] = []
  trouble: Errno | null = null
  bound = -1
  promisc = false
  code: number | null = null
  tty = false
  uid = 0
  now = 0
  timer = -1
  private state: TcpdumpState | null = null

  get out(): string {
    return this.fds.get(1) ?? ''
  }

  get err(): string {
    return this.fds.get(2) ?? ''
  }

  run(...argv: string[]): this {
    const started = tcpdump.start(this.sys(), ['tcpdump', ...argv])
    if (typeof started === 'number') this.code = started
    else this.state = started
    return this
  }

  step(event: ProgramEvent): this {
    if (this.state !== null && this.code === null) tcpdump.step(this.sys(), this.state, event)
    return this
  }

  frame(frame: Packet, packetType: Received['packetType'] = 'host', ifindex = 2): this {
    const from = { addr: 0, port: 0 }
    const base = { data: new Uint8Array(0), from, to: from, ttl: 0, tos: 0, icmp: null, length: 98 }
    this.queue.push({ ...base, ifindex, time: this.now, frame, packetType })
    return this.step({ kind: 'ready', fd: SOCKET_FD, readable: true, writable: false, error: false })
  }

  signal(signal: Signal): this {
    return this.step({ kind: 'signal', signal })
  }

  private latin1(data: string | Uint8Array): string {
    return typeof data === 'string' ? data : String.fromCharCode(...data)
  }

  private write(fd: number, data: string | Uint8Array): { ok: true; value: number } | { ok: false; errno: Errno } {
    if (fd === 1 && this.trouble === 'EPIPE') return { ok: false, errno: 'EPIPE' }
    const text = this.latin1(data)
    const file = this.open.get(fd)
    if (file === undefined) this.fds.set(fd, (this.fds.get(fd) ?? '') + text)
    else this.files.set(file.path, (this.files.get(file.path) ?? '') + text)
    return { ok: true, value: data.length }
  }

  private openFile(path: string, create: boolean): { ok: true; value: number } | { ok: false; errno: Errno } {
    if (path.startsWith('/nosuch/') || (!create && !this.files.has(path))) return { ok: false, errno: 'ENOENT' }
    if (create) this.files.set(path, '')
    const fd = 10 + this.open.size
    this.open.set(fd, { path, at: 0 })
    return { ok: true, value: fd }
  }

  private read(fd: number): { ok: true; value: Uint8Array } | { ok: false; errno: Errno } {
    const file = this.open.get(fd)
    if (file === undefined) return { ok: false, errno: 'EAGAIN' }
    const rest = (this.files.get(file.path) ?? '').slice(file.at, file.at + 65536)
    file.at += rest.length
    return { ok: true, value: Uint8Array.from(rest, (c) => c.charCodeAt(0)) }
  }

  private linkRequest(op: string, req: { dev?: number | string }): unknown {
    const info = (l: Link) => ({ link: l, stats: null, linkNetns: null, peerName: null })
    if (op === 'link.list') return { ok: true, value: this.links.map(info) }
    const found = this.links.find((l) => l.ifindex === req.dev || l.name === req.dev)
    return found === undefined ? { ok: false, errno: 'ENODEV', extack: null } : { ok: true, value: info(found) }
  }

  private sys(): Sys {
    const done = { ok: true as const, value: null }
    const sockets = {
      socket: () => ({ ok: true, value: 99 }),
      bindLl: (_s: number, a: { ifindex: number }) => {
        this.bound = a.ifindex
        return done
      },
      setOptions: (_s: number, o: { promisc?: boolean }) => {
        this.promisc = o.promisc === true
        return done
      },
      recv: () => {
        if (this.trouble === 'ENETDOWN') return { ok: false, errno: this.trouble }
        const r = this.queue.shift()
        return r === undefined ? { ok: false, errno: 'EAGAIN' } : { ok: true, value: r }
      },
    }
    const sys = {
      pid: 42,
      uid: this.uid,
      gid: 0,
      netns: 0,
      now: () => this.now,
      wallClock: () => BOOT * 1e9 + this.now,
      isatty: () => this.tty,
      write: (fd: number, data: string | Uint8Array) => this.write(fd, data),
      read: (fd: number) => this.read(fd),
      open: (path: string, _mode: string, create = false) => this.openFile(path, create),
      close: () => undefined,
      readFile: (path: string) => {
        const value = this.files.get(path)
        return value === undefined ? { ok: false, errno: 'ENOENT' } : { ok: true, value }
      },
      socketFd: () => SOCKET_FD,
      sockets,
      netlink: { request: (_ns: number, op: string, req: { dev?: number | string }) => this.linkRequest(op, req) },
      onSignal: () => undefined,
      watch: () => undefined,
      setTimer: (_id: number, at: number) => {
        this.timer = at
      },
      exit: (code: number) => {
        this.code = code
      },
    }
    return sys as unknown as Sys
  }
}
