// Traps, and the places between commands where they run. Read first: shell.ts.

import { SIGNAL_NUMBERS } from '../os/process.ts'
import type { Signal } from '../uapi/program.ts'
import { LoopExit, Replaced, type Run, ShellExit } from './control.ts'
import { runText } from './script.ts'
import type { Shell } from './shell.ts'

/** Signals whose default action ends the shell, and that run the EXIT trap on the way. */
const FATAL: readonly Signal[] = Object.freeze(['HUP', 'INT', 'TERM', 'ALRM', 'USR1', 'USR2'])

const TURNS = 256
/** What a command costs at least; a step stands for about a microsecond of the host's time. */
const COMMAND_STEPS = 2

/** Tell the system which signals the shell wants to see. */
export function applyTraps(sh: Shell): void {
  const wanted = new Set<Signal>()
  const proc = sh.sys.proc
  for (const name of Object.keys(SIGNAL_NUMBERS) as Signal[]) {
    const action = sh.traps.get(name)
    if (action === '') proc.ignored.add(name)
    else if (action !== undefined) {
      proc.ignored.delete(name)
      wanted.add(name)
    }
  }
  if ((sh.traps.get('EXIT') ?? '') !== '') for (const s of FATAL) if (!proc.ignored.has(s)) wanted.add(s)
  sh.sys.onSignal([...wanted])
}

/** Between two commands: count the step, give way to others, run the traps of signals that have arrived. */
export function* boundary(sh: Shell): Run<void> {
  sh.sys.charge(COMMAND_STEPS)
  if (sh.sys.mustPause || ++sh.turns % TURNS === 0) yield {}
  for (let s = sh.sys.takeSignal(); s !== null; s = sh.sys.takeSignal()) sh.arrived.push(s)
  while (sh.arrived.length > 0 && !sh.inTrap) yield* handle(sh, sh.arrived.shift()!)
}

function* handle(sh: Shell, signal: Signal): Run<void> {
  if (sh.traps.has(signal)) yield* runTrap(sh, signal)
  // Caught only for the EXIT trap's sake.
  else if (FATAL.includes(signal)) {
    sh.sys.proc.endSignal = SIGNAL_NUMBERS[signal]
    throw new ShellExit(128 + SIGNAL_NUMBERS[signal])
  }
}

/** Run the action of a trap; $? is as before afterwards. */
export function* runTrap(sh: Shell, name: string): Run<void> {
  const action = sh.traps.get(name)
  if (action === undefined || action === '' || sh.inTrap) return
  const { status, pipeStatus, line } = sh
  sh.inTrap = true
  try {
    yield* runText(sh, action, 'trap')
  } finally {
    sh.inTrap = false
    sh.line = line
  }
  sh.status = status
  sh.pipeStatus = pipeStatus
}

/** The EXIT trap, once; its exit code counts when it exits itself. */
export function* runExitTrap(sh: Shell, status: number): Run<number> {
  const action = sh.traps.get('EXIT')
  if (action === undefined || action === '' || sh.exitTrapDone) return status
  sh.exitTrapDone = true
  sh.status = status
  sh.inTrap = false
  sh.sys.onSignal([])
  try {
    yield* runText(sh, action, 'trap')
  } catch (e) {
    if (e instanceof ShellExit || e instanceof Replaced) return e.status
    if (!(e instanceof LoopExit)) throw e
  }
  return status
}
