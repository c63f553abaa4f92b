// A machine for the ip tool alone: the kernel, and a process's system calls as far as ip uses them.
import { Kernel } from '../../src/kernel/kernel.ts'
import { Simulation } from '../../src/sim/clock.ts'
import { Random } from '../../src/sim/random.ts'
import { ip } from '../../src/tools/ip/ip.ts'
import { IFF_UP } from '../../src/uapi/link.ts'
import type { Main, Sys } from '../../src/uapi/program.ts'
import type { Netlink, NetnsId, Notification } from '../../src/uapi/request.ts'

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  /** Both, in the order of writing. */
  readonly output: string
  readonly code: number
}

/** Words of a simple command line: quotes group, nothing is expanded. */
export function words(line: string): string[] {
  const out: string[] = []
  for (const m of line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)) {
    out.push(m[0].replace(/'([^']*)'|"([^"]*)"/g, (_, a: string | undefined, b: string | undefined) => a ?? b ?? ''))
  }
  return out
}

const PROGRAMS: Readonly<Record<string, Main>> = {
  ip,
  true: () => 0,
  false: () => 1,
  echo: (sys, argv) => {
    sys.write(1, `${argv.slice(1).join(' ')}\n`)
    return 0
  },
}

export class IpMachine {
  readonly sim = new Simulation()
  readonly kernel: Netlink
  private readonly files = new Map<string, string>()
  private readonly queue: Notification[] = []
  private readonly codes = new Map<number, number>()
  private out: { fd: number; text: string }[] = []
  private stdin = ''
  private lastPid = 100

  /** Without a netlink of its own, a fresh kernel whose lo is up. */
  constructor(netlink?: Netlink) {
    if (netlink !== undefined) {
      this.kernel = netlink
      return
    }
    const kernel = new Kernel(this.sim, new Random(1))
    kernel.monitorSink = { notify: (_, n) => void this.queue.push(n) }
    kernel.monitors.set(0, 1)
    kernel.request(0, 'link.set', { dev: 'lo', flags: { flags: IFF_UP, mask: IFF_UP } })
    this.kernel = kernel
    this.queue.length = 0
  }

  file(path: string, text: string): void {
    this.files.set(path, text)
  }

  /** Run one line: `ip …`, or `printf '…' | ip …`. */
  run(line: string): Ran {
    const pipe = /^printf (?:'([^']*)'|"([^"]*)") \| (.*)$/.exec(line)
    this.stdin = (pipe?.[1] ?? pipe?.[2] ?? '').replaceAll('\\n', '\n').replaceAll('\\\\', '\\')
    this.out = []
    const code = this.spawn(words(pipe?.[3] ?? line), 0)
    const of = (fd: number): string => this.text((o) => o.fd === fd)
    return { stdout: of(1), stderr: of(2), output: this.text(() => true), code }
  }

  private text(wanted: (o: { fd: number }) => boolean): string {
    return this.out
      .filter(wanted)
      .map((o) => o.text)
      .join('')
  }

  private spawn(argv: readonly string[], netns: NetnsId): number {
    const main = PROGRAMS[argv[0] ?? '']
    if (main === undefined) return -1
    const result = main(this.sys(netns), argv)
    if (typeof result === 'number') return result
    for (let i = 0; i < 100; i++) {
      const step = result.next()
      if (step.done) return step.value
    }
    return 143
  }

  private sys(netns: NetnsId): Sys {
    const pid = this.lastPid++
    const sys: Partial<Sys> = {
      pid,
      netns,
      netlink: this.kernel,
      now: () => this.sim.now,
      wallClock: () => 1.7e18 + 123_456_000 + this.sim.now,
      isatty: () => false,
      env: () => undefined,
      write: (fd, data) => {
        this.out.push({ fd, text: String(data) })
        return { ok: true, value: data.length }
      },
      read: () => {
        const value = new TextEncoder().encode(this.stdin)
        this.stdin = ''
        return { ok: true, value }
      },
      readFile: (path) => {
        const value = this.files.get(path)
        return value === undefined ? { ok: false, errno: 'ENOENT' } : { ok: true, value }
      },
      readDir: (path) => {
        const names = [...this.files.keys()]
          .filter((f) => f.startsWith(`${path}/`))
          .map((f) => f.slice(path.length + 1))
        return names.length > 0 ? { ok: true, value: names } : { ok: false, errno: 'ENOENT' }
      },
      open: () => ({ ok: false, errno: 'ENOENT' }),
      exec: (argv, options) => {
        if (PROGRAMS[argv[0] ?? ''] === undefined) return { ok: false, errno: 'ENOENT' }
        return { ok: true, value: this.spawn(argv, options?.netns ?? netns) }
      },
      spawn: (argv, options) => {
        if (PROGRAMS[argv[0] ?? ''] === undefined) return { ok: false, errno: 'ENOENT' }
        const child = this.lastPid++
        this.codes.set(child, this.spawn(argv, options?.netns ?? netns))
        return { ok: true, value: child }
      },
      reap: (child) => this.codes.get(child) ?? null,
      pids: (id) => (id === netns ? [pid] : []),
      monitor: () => 5,
      takeNotifications: () => this.queue.splice(0),
    }
    return sys as Sys
  }
}
