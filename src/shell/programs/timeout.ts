// timeout: a child, and a signal when its time is over. A machine, so that `timeout 60 server &` can be copied while it runs.
import { strerror } from '../../lib/errno.ts'
import { SIGNAL_NUMBERS } from '../../os/process.ts'
import { processOf } from '../../os/sys.ts'
import type { Machine, ProgramEvent, Signal, Sys } from '../../uapi/program.ts'
import { signalOf } from '../signals.ts'
import { parseOptions } from './options.ts'
import { parseDuration } from './sleep.ts'

interface TimeoutState {
  readonly pid: number
  readonly command: string
  readonly ns: number
  readonly signal: Signal
  readonly killNs: number | null
  readonly verbose: boolean
  readonly preserve: boolean
  /** What was sent so far. */
  sent: Signal | null
}

function usage(sys: Sys, text: string): number {
  sys.write(2, `timeout: ${text}\nTry 'timeout --help' for more information.\n`)
  return 125
}

function start(sys: Sys, argv: readonly string[]): TimeoutState | number {
  const long = { signal: 's', 'kill-after': 'k', foreground: 'f', 'preserve-status': 'p', verbose: 'v' }
  const short = { s: true, k: true, f: false, p: false, v: false }
  const o = parseOptions(sys, argv, { short, long, stopEarly: true, code: 125 })
  if (typeof o === 'number') return o
  const [limit, ...command] = o.args
  if (limit === undefined || command.length === 0) {
    sys.write(2, "Try 'timeout --help' for more information.\n")
    return 125
  }
  const ns = parseDuration(limit)
  if (ns === null) return usage(sys, `invalid time interval '${limit}'`)
  const spec = o.flags.get('s') ?? 'TERM'
  const signal = signalOf(spec)
  if (signal === undefined || signal === null) return usage(sys, `'${spec}': invalid signal`)
  if (signal === 'unmodelled') return usage(sys, `'${spec}': this signal is not modelled by netsim`)
  const after = o.flags.get('k')
  const killNs = after === undefined ? null : parseDuration(after)
  if (after !== undefined && killNs === null) return usage(sys, `invalid time interval '${after}'`)
  // A group of its own, so that the signal reaches what the command starts.
  if (!o.flags.has('f')) processOf(sys).proc.pgid = sys.pid
  const child = sys.spawn(command, { fds: processOf(sys).inheritable() })
  if (!child.ok) {
    sys.write(2, `timeout: failed to run command '${command[0]}': ${strerror(child.errno)}\n`)
    return child.errno === 'ENOENT' ? 127 : 126
  }
  const verbose = o.flags.has('v')
  return { pid: child.value, command: command[0]!, ns, signal, killNs, verbose, preserve: o.flags.has('p'), sent: null }
}

function send(sys: Sys, state: TimeoutState, signal: Signal): void {
  state.sent = signal
  if (state.verbose) sys.write(2, `timeout: sending signal ${signal} to command '${state.command}'\n`)
  const { os, proc } = processOf(sys)
  sys.kill(state.pid, signal)
  // Then the whole group, this process too: it ignores the signal, unless that is KILL.
  proc.ignored.add(signal)
  proc.caught.delete(signal)
  if (proc.pgid === proc.pid) os.kill(proc, 0, signal)
  if (signal !== 'KILL' && state.killNs !== null) sys.setTimer(0, sys.now() + state.killNs)
}

function ended(sys: Sys, state: TimeoutState): void {
  const r = processOf(sys).reapStatus(state.pid)
  const code = r?.code ?? 0
  const killed = r?.signal === SIGNAL_NUMBERS.KILL && state.sent === 'KILL'
  sys.exit(state.sent === null || state.preserve || killed ? code : 124)
}

function step(sys: Sys, state: TimeoutState, event: ProgramEvent): void {
  switch (event.kind) {
    case 'start':
      sys.onSignal(['INT', 'TERM', 'HUP', 'QUIT'])
      if (state.ns > 0 && state.ns !== Number.POSITIVE_INFINITY) sys.setTimer(0, sys.now() + state.ns)
      return
    case 'timer':
      send(sys, state, state.sent === null ? state.signal : 'KILL')
      return
    case 'signal':
      sys.kill(state.pid, event.signal)
      return
    case 'child':
      ended(sys, state)
      return
    case 'ready':
      return
  }
}

export const timeout: Machine<TimeoutState> = Object.freeze({ start, step })
