// A machine for the shell's tests: processes and files over a kernel in which nothing is but lo.
import { toText } from '../../src/os/bytes.ts'
import type { OsOptions } from '../../src/os/options.ts'
import { Os } from '../../src/os/os.ts'
import { SHELL_EXECUTABLES } from '../../src/shell/programs/table.ts'
import { Simulation } from '../../src/sim/clock.ts'
import { Random } from '../../src/sim/random.ts'
import type { Executable, Sys, Wait } from '../../src/uapi/program.ts'
import type { Netlink, Op, Operations, Result } from '../../src/uapi/request.ts'
import type { Sockets } from '../../src/uapi/socket.ts'

/** Nothing is there but lo: no namespaces, no sysctls. */
const NO_NETLINK: Netlink = Object.freeze({
  request<K extends Op>(_netns: number, op: K): Result<Operations[K]['reply']> {
    const value = op === 'link.list' ? [{ link: { name: 'lo' } }] : []
    const listed = op === 'netns.list' || op === 'link.list' || op === 'sysctl.list'
    const answer = listed ? { ok: true, value } : { ok: false, errno: 'ENOENT', extack: null }
    return answer as unknown as Result<Operations[K]['reply']>
  },
})

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
      kernel: { netlink: NO_NETLINK, sockets, monitors: new Map() },
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
