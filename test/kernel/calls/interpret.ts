// Runs a calls file in netsim and gives the answers as run.py gives Linux's: each section on fresh machines.
// Read first: docs/testing.md. The verbs are in sockets.ts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Host } from 'netsim'
import type { SocketType } from '../../../src/uapi/socket.ts'
import { CallSocket, Refused, TRACKED } from './sockets.ts'
import { nanoseconds, showAddress } from './text.ts'

const MACHINES = readFileSync(join(import.meta.dirname, 'machines.sh'), 'utf8')

function wordsOf(text: string): string[] {
  return text.match(/"[^"]*"\S*|\S+/g) ?? []
}

class Section {
  private readonly host = new Host('node1')
  private readonly vars = new Map<string, CallSocket>()

  constructor() {
    this.host.sh('sysctl -qw net.netfilter.nf_log_all_netns=1')
    const made = this.host.sh(MACHINES)
    if (made.output !== '') throw new Error(made.output)
  }

  private call(text: string): string | null {
    if (text.startsWith('sleep ')) {
      this.host.run(nanoseconds(text.slice(6)) / 1e9)
      return null
    }
    const accepted = /^(\w+) = (\w+)\.accept$/.exec(text)
    if (accepted !== null) return this.accept(accepted[1]!, this.vars.get(accepted[2]!)!)
    const opened = /^(\w+) = ([abc]) (\w+)(.*)$/.exec(text)
    if (opened !== null) {
      const [, name, machine, kind, rest] = opened
      this.vars.set(name!, new CallSocket(this.host, machine!, kind as SocketType | 'wire' | 'peer', wordsOf(rest!)))
      return 'ok'
    }
    const called = /^(\w+)\.(\w+)(?: (.*))?$/.exec(text)
    const sock = called === null ? undefined : this.vars.get(called[1]!)
    if (called === null || sock === undefined) throw new Error(`cannot read: ${text}`)
    return sock.call(called[2]!, wordsOf(called[3] ?? ''))
  }

  private accept(name: string, listener: CallSocket): string {
    const owner = { pid: 999_999, name: 'calls', uid: 0, gid: 0 }
    const r = this.host.current.kernel.sockets.accept(listener.id, owner)
    if (!r.ok) throw new Refused(r.errno)
    this.vars.set(name, new CallSocket(this.host, listener.machine, 'tcp', [], r.value.socket))
    return showAddress(r.value.peer)
  }

  private answer(text: string): string | null {
    try {
      return this.call(text)
    } catch (e) {
      if (e instanceof Refused) return e.errno
      throw e
    }
  }

  line(line: string): string {
    if (line.startsWith('$ ') || line.startsWith('$first ')) {
      this.host.sh(line.slice(line.indexOf(' ') + 1))
      return ''
    }
    if (line.startsWith('! ')) {
      const out = this.host.sh(`{ ${line.slice(2)} ; } 2>&1`).output
      return `${line}\n${out.replace(/^(?=.)/gm, '  ')}`
    }
    const m = /^repeat (\d+) /.exec(line)
    const times = m === null ? 1 : Number(m[1])
    const parts = (m === null ? line : line.slice(m[0].length)).match(/(?:"[^"]*"|[^;"])+/g) ?? []
    const counts = new Map<string, number>()
    for (let i = 0; i < times; i++) {
      const key = parts
        .map((p) => this.answer(p.trim()))
        .filter((x) => x !== null)
        .join('; ')
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    const text = [...counts].map(([k, n]) => (times === 1 ? k : `${k} (${n} times)`)).join(', ')
    return text === '' ? `${line}\n` : `${line} -> ${text}\n`
  }
}

/** The whole file's answers, in the form of a recording. */
export function interpretCalls(text: string): string {
  let section: Section | null = null
  let out = ''
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('== ')) {
      section = new Section()
      out += `${line}\n`
    } else out += section!.line(line)
  }
  return out
}

/** The bash script that asks Linux. */
export function callsScript(text: string): string {
  return `cat >/tmp/calls.txt <<'END_OF_CALLS'\n${text}\nEND_OF_CALLS\npython3 ${join(import.meta.dirname, 'run.py')} /tmp/calls.txt\n`
}

/** What the answers to a calls file depend on besides itself. */
export function sourceOfInterpreter(text: string): string {
  const common = readFileSync(join(import.meta.dirname, 'run.py'), 'utf8') + MACHINES
  return text.includes('.tracked ') ? common + TRACKED : common
}
