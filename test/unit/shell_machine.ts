// A machine for the shell's tests: processes and files over a kernel that has no namespaces and a few sysctls.
import { toText } from '../../src/os/bytes.ts'
import type { OsOptions } from '../../src/os/options.ts'
import { Os } from '../../src/os/os.ts'
import { SHELL_EXECUTABLES } from '../../src/shell/programs/table.ts'
import { Simulation } from '../../src/sim/clock.ts'
import { Random } from '../../src/sim/random.ts'
import type { Executable, Sys, Wait } from '../../src/uapi/program.ts'
import type { Netlink, Op, Operations, Result } from '../../src/uapi/request.ts'
import type { Sockets } from '../../src/uapi/socket.ts'

/** Two sysctls: net/ipv4/ip_forward takes 0 and 1, net/ipv4/ip_default_ttl can only be read. */
class FakeNetlink implements Netlink {
  forward = '0'

  request<K extends Op>(_netns: number, op: K, req: Operations[K]['req']): Result<Operations[K]['reply']> {
    const answer = this.answer(op, req as { readonly path?: string; readonly value?: string })
    return answer as Result<Operations[K]['reply']>
  }

  private answer(op: Op, req: { readonly path?: string; readonly value?: string }): Result<unknown> {
    const files = [
      { path: 'ipv4/ip_default_ttl', value: '64', writable: false },
      { path: 'ipv4/ip_forward', value: this.forward, writable: true },
    ]
    const found = files.find((f) => f.path === req.path)
    const below = files.filter((f) => req.path === '' || f.path.startsWith(`${req.path}/`))
    if (op === 'sysctl.list') return { ok: true, value: below }
    if (op === 'sysctl.isDirectory') return { ok: true, value: below.length > 0 }
    if (op === 'netns.list') return { ok: true, value: [{ id: 1, name: 'ns1', nsid: null }] }
    if (op === 'link.list') return { ok: true, value: [] }
    if (found === undefined) return { ok: false, errno: 'ENOENT', extack: null }
    if (op === 'sysctl.get') return { ok: true, value: found }
    if (op !== 'sysctl.set' || !/^[01]\n?$/.test(req.value ?? '')) return { ok: false, errno: 'EINVAL', extack: null }
    this.forward = req.value!.trim()
    return { ok: true, value: null }
  }
}

/** cat, as text tools have to be written: it waits for what is not there yet. */
function* cat(sys: Sys, argv: readonly string[]): Generator<Wait, number, void> {
  let status = 0
  for (const path of argv.length > 1 ? argv.slice(1) : ['-']) {
    const fd = path === '-' ? ({ ok: true, value: 0 } as const) : sys.open(path, 'read')
    if (!fd.ok) {
      sys.write(2, `cat: ${path}: ${fd.errno}\n`)
      status = 1
      continue
    }
    for (;;) {
      const r = sys.read(fd.value)
      if (!r.ok && r.errno === 'EAGAIN') yield { readable: [fd.value] }
      else if (!r.ok || r.value.length === 0) break
      else sys.write(1, r.value)
    }
  }
  return status
}

/** Prints y until nobody reads any more. */
function* yes(sys: Sys): Generator<Wait, number, void> {
  for (;;) {
    if (!sys.write(1, 'y\n'.repeat(1000)).ok) return 1
    yield { writable: [1] }
  }
}

/** The first line. */
function* head(sys: Sys): Generator<Wait, number, void> {
  let text = ''
  while (!text.includes('\n')) {
    const r = sys.read(0)
    if (!r.ok) yield { readable: [0] }
    else if (r.value.length === 0) break
    else text += toText(r.value)
  }
  sys.write(1, `${text.split('\n')[0]}\n`)
  return 0
}

const TOOLS: Readonly<Record<string, Executable>> = Object.freeze({
  cat: Object.freeze({ kind: 'main', main: cat }),
  head: Object.freeze({ kind: 'main', main: head }),
  yes: Object.freeze({ kind: 'main', main: yes }),
})

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly text: string
  readonly code: number
}

export class TestMachine {
  readonly sim = new Simulation()
  readonly os: Os

  constructor(options: Partial<OsOptions> = {}) {
    const sockets = {
      poll: () => ({ readable: false, writable: false, error: false, hangup: false }),
    } as unknown as Sockets
    this.os = new Os({
      sim: this.sim,
      random: new Random(1),
      kernel: { netlink: new FakeNetlink(), sockets, monitors: new Map() },
      dispatcher: { dispatch: (kind, a) => void Os.dispatch(kind, a) },
      hostname: 'vm',
      executables: Object.freeze({ ...TOOLS, ...SHELL_EXECUTABLES }),
      ...options,
    })
  }

  /** `bash -c script`, or any other command. */
  sh(script: string, stdin = ''): Ran {
    return this.run(['bash', '-c', script], stdin)
  }

  run(argv: readonly string[], stdin = ''): Ran {
    const r = this.os.spawn(argv, { stdin })
    if (!r.ok) return { stdout: '', stderr: r.errno, text: '', code: 127 }
    const code = this.os.runToExit(r.value.pid)
    const { stdout, stderr, text } = r.value.terminal
    return { stdout, stderr, text, code }
  }
}
