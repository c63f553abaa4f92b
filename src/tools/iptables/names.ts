// Names of hosts and networks for the iptables programs: /etc/networks at once, hosts through the resolver of lib/resolve.ts,
// waited for as getaddrinfo(3) and getnameinfo(3) wait.
// Read first: lib/resolve.ts. A command that needs a name is read again when it is known (NameNeeded).
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import type { ProgramEvent, Sys, Wait } from '../../uapi/program.ts'
import { inetAton } from '../lib/netdb.ts'
import { GAI, type Lookup, lookupAddress, lookupHost, stepLookup } from '../lib/resolve.ts'
import type { NameSource } from './address.ts'
import { numericAddress } from './address.ts'
import { NameNeeded } from './exit.ts'
import type { PrintNames } from './extension.ts'

type Answer = ReturnType<NameSource['addresses']>

export class HostNames implements NameSource, PrintNames {
  private readonly sys: Sys
  private readonly known = new Map<string, Answer>()
  private readonly reverse = new Map<Ip4, string>()
  private wanted: Ip4 | null = null

  constructor(sys: Sys) {
    this.sys = sys
  }

  /** Throws NameNeeded for what was not looked up yet. */
  addresses(host: string): Answer {
    const literal = inetAton(host)
    if (literal !== null) return { ok: true, addresses: [literal] }
    const answer = this.known.get(host)
    if (answer === undefined) throw new NameNeeded(host)
    return answer
  }

  network(name: string): Ip4 | null {
    const found = this.networks().find((n) => n.names.includes(name))
    return found?.addr ?? null
  }

  private networks(): readonly { readonly addr: Ip4 | null; readonly names: readonly string[] }[] {
    const file = this.sys.readFile('/etc/networks')
    const lines = (file.ok ? file.value : '').split('\n').map((l) => l.replace(/#.*/, '').trim().split(/\s+/))
    return lines.map(([name = '', number = '', ...aliases]) => ({
      addr: numericAddress(number, false),
      names: [name, ...aliases],
    }))
  }

  /** After it, addresses(host) answers. */
  *lookup(host: string): Generator<Wait, void, void> {
    const waiting = new WaitingSys(this.sys)
    const l = lookupHost(waiting.sys, host, { timer: 0, both: false })
    yield* waiting.run(l)
    const r = l.result!
    this.known.set(host, r.ok ? { ok: true, addresses: r.addresses } : { ok: false, error: GAI[r.error] })
  }

  /** The name of an address that lookupName() has found; else its number, and it is wanted. */
  nameOf(addr: Ip4): string {
    const name = this.reverse.get(addr)
    if (name === undefined) this.wanted ??= addr
    return name ?? formatIp4(addr)
  }

  /** The first address that was asked for and has no answer yet. */
  takeWanted(): Ip4 | null {
    const { wanted } = this
    this.wanted = null
    return wanted
  }

  userOf(uid: number): string | null {
    return this.nameIn('/etc/passwd', uid)
  }

  groupOf(gid: number): string | null {
    return this.nameIn('/etc/group', gid)
  }

  /** getpwuid(3), getgrgid(3): both files have the name first and the number third. */
  private nameIn(path: string, id: number): string | null {
    const file = this.sys.readFile(path)
    const fields = (file.ok ? file.value : '').split('\n').map((l) => l.split(':'))
    return fields.find((f) => f[2] === String(id))?.[0] ?? null
  }

  *lookupName(addr: Ip4): Generator<Wait, void, void> {
    const waiting = new WaitingSys(this.sys)
    const l = lookupAddress(waiting.sys, addr, { timer: 0, both: false })
    yield* waiting.run(l)
    const r = l.result!
    // getnameinfo(3) gives the number when there is no name, and fails when nobody could be asked: then networks count
    const network = !r.ok && r.error === 'EAI_AGAIN' ? this.networks().find((n) => n.addr === addr) : undefined
    this.reverse.set(addr, r.ok ? r.canonical : (network?.names[0] ?? formatIp4(addr)))
  }
}

/** A lookup is stepped by a machine's events; here a main waits for them itself. */
class WaitingSys {
  readonly sys: Sys
  private fd = -1
  private until = -1

  constructor(sys: Sys) {
    this.sys = new Proxy(sys, {
      get: (target, key) => {
        if (key === 'watch') return (fd: number) => this.watch(fd)
        if (key === 'unwatch') return () => this.watch(-1)
        if (key === 'setTimer') return (_: number, at: number) => this.timer(at)
        if (key === 'clearTimer') return () => this.timer(-1)
        const value: unknown = Reflect.get(target, key, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  private watch(fd: number): void {
    this.fd = fd
  }

  private timer(at: number): void {
    this.until = at
  }

  *run(l: Lookup): Generator<Wait, void, void> {
    while (l.result === null) {
      yield { readable: [this.fd], until: this.until }
      const timeout = this.sys.now() >= this.until
      const event: ProgramEvent = timeout
        ? { kind: 'timer', id: 0 }
        : { kind: 'ready', fd: this.fd, readable: true, writable: false, error: false }
      stepLookup(this.sys, l, event)
    }
  }
}
