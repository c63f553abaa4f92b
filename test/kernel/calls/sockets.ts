// The verbs of calls files on one netsim socket: what each call answers, as text. Read first: docs/testing.md. Twin of
// class Sock in run.py.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from 'netsim'
import { TcpSock } from '../../../src/kernel/socket/tcp_sock.ts'
import type { Errno } from '../../../src/lib/errno.ts'
import { ip4 } from '../../../src/lib/ip4.ts'
import { MAC_BROADCAST } from '../../../src/lib/mac.ts'
import type { Received, SocketOptions, SocketResult, Sockets, SocketType } from '../../../src/uapi/socket.ts'
import { arp } from '../../../src/wire/arp.ts'
import { ETH_P_ALL, ethernet } from '../../../src/wire/ethernet.ts'
import { NO_DATA } from '../../../src/wire/packet.ts'
import { learnIsn, makeForwarded, makeSegment } from './segment.ts'
import { tcpInfoField, tcpTimerText } from './tcp_info.ts'
import { address, bucket, nanoseconds, payload, Seqs, show, showAddress, showIcmp, showPacket } from './text.ts'

const SECOND = 1_000_000_000

export const TRACKED = readFileSync(join(import.meta.dirname, 'tracked.sh'), 'utf8')

/** The errno that a call answered. */
export class Refused extends Error {
  readonly errno: Errno
  constructor(errno: Errno) {
    super(errno)
    this.errno = errno
  }
}

function must<T>(r: SocketResult<T>): T {
  if (!r.ok) throw new Refused(r.errno)
  return r.value
}

const OPTIONS: Readonly<Record<string, (value: string) => SocketOptions>> = {
  SO_BINDTODEVICE: (v) => ({ bindToDevice: v }),
  SO_MARK: (v) => ({ mark: Number(v) }),
  SO_BROADCAST: (v) => ({ broadcast: v === '1' }),
  SO_REUSEADDR: (v) => ({ reuseAddr: v === '1' }),
  SO_REUSEPORT: (v) => ({ reusePort: v === '1' }),
  SO_KEEPALIVE: (v) => ({ keepAlive: v === '1' }),
  SO_RCVBUF: (v) => ({ rcvBuf: Number(v) }),
  SO_SNDBUF: (v) => ({ sndBuf: Number(v) }),
  IP_TTL: (v) => ({ ttl: Number(v) }),
  IP_TOS: (v) => ({ tos: Number(v) }),
  IP_HDRINCL: (v) => ({ hdrIncl: v === '1' }),
  IP_MULTICAST_TTL: (v) => ({ multicastTtl: Number(v) }),
  IP_MULTICAST_LOOP: (v) => ({ multicastLoop: v === '1' }),
  IP_MULTICAST_IF: (v) => ({ multicastIf: ip4(v) }),
  IP_MTU_DISCOVER: (v) => ({ mtuDiscover: Number(v) }),
  IP_RECVERR: (v) => ({ recvErr: v === '1' }),
  TCP_NODELAY: (v) => ({ noDelay: v === '1' }),
  TCP_KEEPIDLE: (v) => ({ keepIdle: Number(v) }),
  TCP_KEEPINTVL: (v) => ({ keepIntvl: Number(v) }),
  TCP_KEEPCNT: (v) => ({ keepCnt: Number(v) }),
  TCP_USER_TIMEOUT: (v) => ({ userTimeout: Number(v) }),
  PACKET_MR_PROMISC: (v) => ({ promisc: v === '1' }),
}

/** What `show` may be followed by, besides a step of time. */
const SHOW_WORDS: readonly string[] = ['full', 'no-psh', 'in', 'out']

type Kind = SocketType | 'wire' | 'peer'

/** One socket of a section. */
export class CallSocket {
  readonly host: Host
  readonly machine: string
  readonly kind: Kind
  readonly id: number
  private last = { addr: 0, port: 0 }
  private readonly seqs = new Seqs()
  private readonly isn = new Map<string, number>()

  constructor(host: Host, machine: string, kind: Kind, args: readonly string[], made: number | null = null) {
    this.host = host
    this.machine = machine
    this.kind = kind
    this.id = made ?? this.open(args)
  }

  private get calls(): Sockets {
    return this.host.current.kernel.sockets
  }

  private open(args: readonly string[]): number {
    const uid = Number(args.find((a) => a.startsWith('uid='))?.slice(4) ?? 0)
    const [word] = args.filter((a) => !a.startsWith('uid='))
    const owner = { pid: 999_999, name: 'calls', uid, gid: uid }
    const type = this.kind === 'wire' || this.kind === 'peer' ? 'packet' : this.kind
    const protocol = word === undefined || type !== this.kind ? 0 : Number(word)
    const id = must(this.calls.socket(this.host.netnsId(this.machine), type, protocol, owner))
    if (type !== this.kind) {
      must(this.calls.setOptions(id, { rcvBuf: 2 ** 24 }))
      must(this.calls.bindLl(id, { ifindex: this.ifindex(word!), protocol: ETH_P_ALL }))
    }
    return id
  }

  private ifindex(dev: string): number {
    const found = this.host.current.kernel.net(this.host.netnsId(this.machine)).byName.get(dev)
    if (found === undefined) throw new Refused('ENODEV')
    return found.ifindex
  }

  private device(index: number): string {
    return this.host.current.kernel.net(this.host.netnsId(this.machine)).device(index)?.name ?? `${index}`
  }

  /** The answer of one call. */
  call(verb: string, a: readonly string[]): string {
    const { calls, id } = this
    switch (verb) {
      case 'bind':
        if (this.kind === 'packet') must(calls.bindLl(id, { ifindex: this.ifindex(a[0]!), protocol: Number(a[1]) }))
        else must(calls.bind(id, address(a[0]!)))
        return 'ok'
      case 'connect':
        must(calls.connect(id, address(a[0]!)))
        return 'ok'
      case 'listen':
        must(calls.listen(id, Number(a[0])))
        return 'ok'
      case 'send':
        return String(must(calls.send(id, payload(a))))
      case 'sendto':
        return String(must(calls.sendto(id, payload(a.slice(1)), address(a[0]!))))
      case 'reply':
        return String(must(calls.sendto(id, payload(a), this.last)))
      case 'arp':
        return this.arp(a)
      case 'segment':
        return this.segment(a)
      case 'forward':
        return this.forward(a)
      case 'tracked':
        return this.tracked(a)
      case 'shutdown':
        must(calls.shutdown(id, a[0] === 'rd' ? 'read' : a[0] === 'wr' ? 'write' : 'both'))
        return 'ok'
      case 'close':
        calls.close(id)
        return 'ok'
      case 'setopt':
        must(calls.setOptions(id, OPTIONS[a[0]!]!(a[1] ?? '')))
        return 'ok'
      default:
        return this.ask(verb, a)
    }
  }

  /** Verbs that only look or receive. */
  private ask(verb: string, a: readonly string[]): string {
    const { calls, id } = this
    switch (verb) {
      case 'recv':
        return this.received(must(calls.recv(id)))
      case 'drain':
        return this.drain()
      case 'recverr':
        return this.recvError()
      case 'error':
        return calls.takeError(id) ?? 'none'
      case 'poll':
        return this.poll()
      case 'wait':
        return this.wait(nanoseconds(a[0]!), a[1])
      case 'timer':
        return tcpTimerText(this.tcp())
      case 'info':
        return a.map((field) => `${field} ${tcpInfoField(this.tcp(), field)}`).join(' ')
      case 'getsockname':
        return showAddress(calls.getsockname(id))
      case 'getpeername':
        return showAddress(must(calls.getpeername(id)))
      case 'mtu':
        return String(must(calls.pathMtu(id)))
      case 'show':
        return this.show(a)
      case 'verdict':
        return this.verdict(a)
      default:
        throw new Error(`no verb ${verb}`)
    }
  }

  private received(r: Received): string {
    if (r.frame !== null) return `${r.packetType} ${showPacket(r.frame, this.seqs, false)}`
    if (this.kind === 'tcp') return r.data.length === 0 ? 'end' : show(r.data)
    if (r.length === 0) return 'end'
    this.last = r.from
    const text = r.icmp !== null ? showIcmp(r.icmp, r.data) : show(r.data)
    const length = this.kind === 'raw' ? ` length ${r.length}` : ''
    const from = this.kind === 'udp' ? showAddress(r.from) : showAddress(r.from).replace(/:.*/, '')
    const to = showAddress(r.to).replace(/:.*/, '')
    return `${text}${length} from ${from} to ${to} ttl ${r.ttl} dev ${this.device(r.ifindex)}`
  }

  private drain(): string {
    const parts: number[] = []
    let n = 0
    for (let r = this.calls.recv(this.id); ; r = this.calls.recv(this.id)) {
      if (!r.ok && r.errno !== 'EAGAIN') throw new Refused(r.errno)
      if (!r.ok) break
      n++
      for (const b of r.value.data) parts.push(b)
      if (this.kind === 'tcp' && r.value.data.length === 0) return `${show(Uint8Array.from(parts))} end`
    }
    const text = show(Uint8Array.from(parts))
    return this.kind === 'tcp' ? text : `${n} messages, ${text}`
  }

  private recvError(): string {
    const e = must(this.calls.recvError(this.id))
    const what = e.origin === 'icmp' ? `icmp ${e.type}/${e.code}` : 'local'
    const by = e.origin === 'icmp' ? ` by ${showAddress({ addr: e.offender, port: 0 }).replace(/:.*/, '')}` : ''
    const data = this.kind === 'tcp' ? `${e.data.length} bytes` : show(e.data)
    const text = e.icmp !== null ? showIcmp(e.icmp, e.data) : data
    return `${e.errno} ${what} info ${e.info}${by} dst ${showAddress(e.dst)} ${text}`
  }

  private poll(): string {
    const r = this.calls.poll(this.id)
    const names = [r.readable && 'in', r.writable && 'out', r.error && 'err', r.hangup && 'hup']
    return names.filter((n) => n !== false).join(' ') || 'nothing'
  }

  private tcp(): TcpSock {
    const sk = this.host.current.kernel.layer.find(this.id)
    if (!(sk instanceof TcpSock)) throw new Error('not a TCP socket')
    return sk
  }

  /** Until it polls an error, a hang-up or something to read; the time to the nearest power of two, or in steps. */
  private wait(limit: number, step: string | undefined): string {
    const start = this.host.now
    for (let r = this.calls.poll(this.id); this.host.now - start < limit; r = this.calls.poll(this.id)) {
      if (r.readable || r.error || r.hangup) break
      this.host.run(0.001)
    }
    if (step !== undefined) return `after ${bucket(this.host.now - start, step)} s`
    const passed = (this.host.now - start) / SECOND
    return `after ${passed < 0.3 ? 0 : 2 ** Math.round(Math.log2(passed))} s`
  }

  private arp(a: readonly string[]): string {
    const [target, , sender] = a
    const dev = this.host.current.kernel.net(this.host.netnsId(this.machine)).byName.get(`${this.machine}0`)!
    const net = arp(1, dev.mac, ip4(sender!), 0, ip4(target!))
    const frame = { eth: ethernet(MAC_BROADCAST, dev.mac, 0x0806), net, l4: null, data: NO_DATA }
    return String(must(this.calls.sendFrame(this.id, frame, 0)))
  }

  private segment(a: readonly string[]): string {
    for (let r = this.calls.recv(this.id); r.ok; r = this.calls.recv(this.id)) learnIsn(r.value, this.isn)
    return String(must(this.calls.sendFrame(this.id, makeSegment(a, this.isn), 0)))
  }

  private forward(a: readonly string[]): string {
    return String(must(this.calls.sendFrame(this.id, makeForwarded(a, this.machine), 0)))
  }

  /** What b's connection tracking makes of a segment that it forwards: tracked.sh. */
  private tracked(a: readonly string[]): string {
    this.host.sh(`set begin\n${TRACKED}`)
    this.forward(a)
    this.host.run(0.01)
    return this.host.sh(TRACKED).output.trim()
  }

  /** What became of a segment at b0: the kernel's function and reason that dropped it, or "taken". */
  private verdict(a: readonly string[]): string {
    const b = this.host.netnsId('b')
    let packet = 0
    let answer = 'not received'
    const stop = this.host.onEvent((e) => {
      if (e.kind === 'receive' && e.netns === b && packet === 0) {
        packet = e.packet
        answer = 'taken'
      }
      if (e.kind === 'drop' && e.packet === packet && answer === 'taken') answer = `${e.fn} ${e.reason}`
    })
    this.segment(a)
    this.host.run(0.03)
    stop()
    return answer
  }

  /** The frames since the last time, ARP left out; with a step, the time since the one before it in such steps. */
  private show(a: readonly string[]): string {
    const word = a.find((w) => !SHOW_WORDS.includes(w))
    const out: string[] = []
    let before: number | null = null
    for (let r = this.calls.recv(this.id); r.ok; r = this.calls.recv(this.id)) {
      const shown = showPacket(r.value.frame!, this.seqs, a.includes('full'))
      const other = r.value.packetType === 'outgoing' ? 'in' : 'out'
      if (shown === null || shown.startsWith('arp') || a.includes(other)) continue
      const line = a.includes('no-psh') ? shown.replace(' P. ', ' . ') : shown
      const gap = word === undefined ? '' : `+${bucket(r.value.time - (before ?? r.value.time), word)} `
      before = r.value.time
      out.push(`  ${gap}${r.value.packetType === 'outgoing' ? '>' : '<'} ${line}`)
    }
    return out.length === 0 ? 'nothing' : `\n${out.join('\n')}`
  }
}
