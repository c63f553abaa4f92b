// One run of ip: its process, options, printer, names and the device cache (iproute2's ll_map).
// Read first: exit.ts, output.ts.
import { strerror } from '../../lib/errno.ts'
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'
import type { LinkInfo, NetnsId, Op, Operations, Refusal, Result } from '../../uapi/request.ts'
import { EXIT_REFUSED } from './exit.ts'
import { Names } from './names.ts'
import { Printer } from './output.ts'
import type { DeviceNames, Options, PrintEnv } from './print_env.ts'

/** What the kernel's refusal looks like on stderr. */
function refusalText(r: Refusal): string {
  if (r.extack === null || r.extack === '') return `RTNETLINK answers: ${strerror(r.errno)}\n`
  return `Error: ${r.extack}${r.extack.endsWith('.') ? '' : '.'}\n`
}

export class Context implements PrintEnv, DeviceNames {
  readonly sys: Sys
  /** Where requests go: the process's namespace, or that of -netns. */
  netns: NetnsId
  readonly opt: Options
  readonly out = new Printer()
  readonly names: Names
  private readonly links = new Map<number, LinkInfo | null>()

  constructor(sys: Sys, opt: Options) {
    this.sys = sys
    this.netns = sys.netns
    this.opt = opt
    this.names = new Names(sys)
  }

  request<K extends Op>(op: K, req: Operations[K]['req']): Result<Operations[K]['reply']> {
    return this.sys.netlink.request(this.netns, op, req)
  }

  /** rtnl_talk: a refusal is printed; a warning too. */
  talk<K extends Op>(op: K, req: Operations[K]['req']): Result<Operations[K]['reply']> {
    const r = this.request(op, req)
    if (!r.ok) this.error(refusalText(r))
    else if (r.warning !== undefined) {
      this.error(`Warning: ${r.warning}${r.warning.endsWith('.') ? '' : '.'}\n`)
    }
    return r
  }

  /** rtnl_talk whose answer only says whether it went well: the exit status. */
  change<K extends Op>(op: K, req: Operations[K]['req']): number {
    return this.talk(op, req).ok ? 0 : EXIT_REFUSED
  }

  /** A dump; null after "<what> terminated". */
  dump<K extends Op>(op: K, req: Operations[K]['req'], what: string): Operations[K]['reply'] | null {
    const r = this.talk(op, req)
    if (r.ok) return r.value
    this.error(`${what} terminated\n`)
    return null
  }

  error(text: string): void {
    this.sys.write(2, text)
  }

  /** fflush(stdout) */
  flush(): void {
    const text = this.out.take()
    if (text !== '') this.sys.write(1, text)
  }

  /** Devices may have changed: every command of a batch looks again. */
  forgetDevices(): void {
    this.links.clear()
  }

  remember(info: LinkInfo): void {
    this.links.set(info.link.ifindex, info)
  }

  link(ifindex: number): LinkInfo | null {
    const known = this.links.get(ifindex)
    if (known !== undefined) return known
    const r = this.request('link.get', { dev: ifindex })
    const info = r.ok ? r.value : null
    this.links.set(ifindex, info)
    return info
  }

  now(): number {
    return this.sys.now()
  }

  /** format_host: with -resolve the name that /etc/hosts has for the address. */
  host(addr: Ip4): string {
    const text = formatIp4(addr)
    if (!this.opt.resolve) return text
    const file = this.sys.readFile('/etc/hosts')
    const line = (file.ok ? file.value.split('\n') : []).find((l) => l.split(/\s+/)[0] === text)
    return line?.split(/\s+/)[1] ?? text
  }

  name(ifindex: number): string {
    if (ifindex === 0) return '*'
    return this.link(ifindex)?.link.name ?? `if${ifindex}`
  }

  index(name: string): number {
    const r = name === '' ? null : this.request('link.get', { dev: name })
    if (r?.ok) {
      this.remember(r.value)
      return r.value.link.ifindex
    }
    return Number(/^if\+?(\d+)/.exec(name)?.[1] ?? 0)
  }
}
