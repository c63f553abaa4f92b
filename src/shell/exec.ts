// Running the syntax tree: statements, lists, pipelines, subshells, background jobs; set -e where it looks.
// Read first: control.ts, shell.ts. Simple commands are in simple.ts, compound ones in compound.ts.
import { DeviceFile } from '../os/openfile.ts'
import { processOf } from '../os/sys.ts'
import type { Wait } from '../uapi/program.ts'
import { runCompound } from './compound.ts'
import { Discard, FunctionReturn, LoopExit, Replaced, type Run, ShellExit } from './control.ts'
import { notifyForeground, notifyJobs, pollJobs } from './notify.ts'
import type { CommandNode, Pipeline, PipelineNode, Redirection, Statement } from './parse.ts'
import { commandText } from './print.ts'
import { applyRedirects } from './redirect.ts'
import type { Shell } from './shell.ts'
import { runSimple } from './simple.ts'
import { reportTime } from './timing.ts'
import { boundary, runExitTrap, runTrap } from './traps.ts'

/** What a subshell runs: statements, or one command of a pipeline. */
export type Body = readonly Statement[] | CommandNode

// --- lists -----------------------------------------------------------------------------------------------------

export function* runStatements(sh: Shell, list: readonly Statement[], tail = false): Run<number> {
  let status = 0
  for (let i = 0; i < list.length; i++) status = yield* runStatement(sh, list[i]!, tail && i === list.length - 1)
  return status
}

/** `tail`: nothing of this shell runs afterwards, so a program may take its process over. */
export function* runStatement(sh: Shell, st: Statement, tail = false): Run<number> {
  if (sh.option('noexec') && !sh.interactive) return sh.status
  if (st.background !== true) return yield* runNode(sh, st.command, tail)
  yield* boundary(sh)
  launch(sh, st)
  return (sh.status = 0)
}

export function* runNode(sh: Shell, node: PipelineNode | Statement['command'], tail = false): Run<number> {
  switch (node.type) {
    case 'AndOr': {
      let status = 0
      for (let i = 0; i < node.commands.length; i++) {
        const op = i === 0 ? null : node.operators[i - 1]!
        if (op !== null && (op === '&&') !== (status === 0)) continue
        const last = i === node.commands.length - 1
        status = last ? yield* runNode(sh, node.commands[i]!, tail) : yield* leniently(sh, node.commands[i]!)
      }
      return status
    }
    case 'Pipeline':
      return yield* runPipeline(sh, node)
    default:
      return yield* runCommand(sh, node, tail)
  }
}

/** Run where a failure does not end a shell with set -e. */
export function* leniently(sh: Shell, node: PipelineNode): Run<number> {
  sh.lenient++
  try {
    return yield* runNode(sh, node)
  } finally {
    sh.lenient--
  }
}

/** Note a command's status; a failure that nobody looks at runs the ERR trap and, with set -e, ends the shell. */
export function* checked(sh: Shell, status: number): Run<number> {
  sh.status = status
  if (status === 0 || sh.lenient > 0) return status
  if (sh.frames.length === 0 || sh.option('errtrace')) {
    yield* runTrap(sh, 'ERR')
    sh.status = status
  }
  if (sh.option('errexit')) throw new ShellExit(status)
  return status
}

/** `ownStdin`: this very command has a redirection of its standard input. */
export function* runCommand(sh: Shell, node: CommandNode, tail = false, ownStdin = false): Run<number> {
  switch (node.type) {
    case 'Command':
      return yield* runSimple(sh, node, tail)
    case 'Function':
      sh.functions.set(node.name.text, { node, source: sh.source })
      return (sh.status = 0)
    case 'Coproc':
      sh.line = sh.source.lineAt(node.pos)
      sh.complain('coproc: not modelled by netsim')
      return yield* checked(sh, 2)
    case 'Subshell': {
      yield* boundary(sh)
      sh.line = sh.source.lineAt(node.pos)
      if (!sh.inTrap) sh.command = node
      const pid = runSubshell(sh, sh.sys.inheritable(), sh.sys.proc.argv, node.body.commands, (child) => {
        child.ownStdin = ownStdin
      })
      const status = yield* waitFor(sh, pid, () => commandText(sh, node))
      sh.pipeStatus = [status]
      return yield* checked(sh, status)
    }
    case 'Redirected':
      return yield* runRedirected(sh, node, tail)
    default:
      return yield* runCompound(sh, node)
  }
}

function redirectsStdin(r: Redirection): boolean {
  if (!r.operator.startsWith('<')) return false
  return r.descriptor === undefined || (r.descriptor.type === 'FileDescriptor' && r.descriptor.value === 0)
}

function* runRedirected(sh: Shell, node: Extract<CommandNode, { type: 'Redirected' }>, tail: boolean): Run<number> {
  sh.line = sh.source.lineAt(node.pos)
  const saved = sh.sys.saveFds()
  const before = sh.ownStdin
  const stdin = node.redirects.some(redirectsStdin)
  try {
    if (!(yield* applyRedirects(sh, node.redirects))) return yield* checked(sh, 1)
    sh.ownStdin ||= stdin
    return yield* runCommand(sh, node.command, tail, stdin)
  } finally {
    sh.ownStdin = before
    sh.sys.restoreFds(saved)
  }
}

// --- pipelines and subshells -----------------------------------------------------------------------------------

/** Start all stages of a pipeline, each a subshell; gives their pids. */
function startStages(sh: Shell, node: Pipeline, background: boolean): number[] {
  const pids: number[] = []
  let input: number | null = null
  for (const [i, command] of node.commands.entries()) {
    const fds: Record<number, number> = sh.sys.inheritable()
    const next = i < node.commands.length - 1 ? sh.sys.pipe() : null
    if (input !== null) fds[0] = input
    if (next?.ok === true) {
      fds[1] = next.value[1]
      if (node.operators[i] === '|&') fds[2] = next.value[1]
    }
    for (const fd of [input, ...(next?.ok === true ? next.value : [])]) {
      if (fd !== null && fds[fd] === fd && fd > 2) delete fds[fd]
    }
    const piped = input !== null
    const tweak = (child: Shell): void => {
      child.ownStdin = piped
    }
    pids.push(runSubshell(sh, fds, sh.sys.proc.argv, command, tweak, background && i === 0))
    if (input !== null) sh.sys.close(input)
    input = null
    if (next?.ok === true) {
      sh.sys.close(next.value[1])
      input = next.value[0]
    }
  }
  return pids
}

function* runPipeline(sh: Shell, node: Pipeline): Run<number> {
  const negations = node.prefixes.filter((p) => p.type === 'Negation').length
  const time = node.prefixes.find((p) => p.type === 'Time')
  const started = sh.sys.now()
  let status = 0
  if (negations > 0) sh.lenient++
  try {
    if (node.commands.length === 1) status = yield* runCommand(sh, node.commands[0]!)
    else if (node.commands.length > 1) {
      yield* boundary(sh)
      sh.line = sh.source.lineAt(node.pos)
      const pids = startStages(sh, node, false)
      const codes: number[] = []
      for (const pid of pids) {
        const last = pid === pids[pids.length - 1]
        codes.push(last ? yield* waitFor(sh, pid, () => commandText(sh, node)) : (yield* waitChild(sh, pid)).code)
      }
      sh.pipeStatus = codes
      const failed = codes.filter((c) => c !== 0)
      status = sh.option('pipefail') ? (failed[failed.length - 1] ?? 0) : codes[codes.length - 1]!
      if (negations === 0) yield* checked(sh, status)
    }
  } finally {
    if (negations > 0) sh.lenient--
    if (time?.type === 'Time') reportTime(sh, sh.sys.now() - started, time.posix !== undefined)
  }
  return (sh.status = negations % 2 === 1 ? (status === 0 ? 1 : 0) : status)
}

/** Start a subshell on some descriptors; gives its pid. */
export function runSubshell(
  sh: Shell,
  fds: Readonly<Record<number, number>>,
  argv: readonly string[],
  body: Body,
  tweak: (child: Shell) => void,
  background = false,
  keepJobs = false,
): number {
  const child = sh.fork('type' in body ? maySeeJobs(sh, body) : keepJobs)
  tweak(child)
  const r = sh.sys.spawn(argv, {
    fds,
    env: Object.fromEntries(sh.sys.proc.env),
    ...(background ? { ignore: ['INT', 'QUIT'] as const } : {}),
    body: (sys) => {
      child.attach(processOf(sys))
      return subshellMain(child, body)
    },
  })
  return r.ok ? r.value : 0
}

/** Builtins that look at jobs, or run what may. */
const SEE_JOBS = Object.freeze(
  new Set(['jobs', 'wait', 'kill', 'disown', 'fg', 'bg', 'eval', 'source', '.', 'command', 'builtin']),
)

/** As bash: only compound commands forget their parent's jobs. Most others could not tell. */
function maySeeJobs(sh: Shell, body: CommandNode): boolean {
  if (body.type !== 'Command') return false
  const name = body.name
  const plain = name !== undefined && name.parts === undefined && !name.text.includes('\\')
  return !plain || sh.functions.has(name.text) || SEE_JOBS.has(name.text)
}

/** From so many children on, those that have ended are reaped whenever another one starts, as bash does at every SIGCHLD. */
const MANY_CHILDREN = 256

function* subshellMain(sh: Shell, body: Body): Generator<Wait, number, void> {
  const run = (): Run<number> =>
    'type' in body
      ? runCommand(sh, body, sh.traps.get('EXIT') === undefined, sh.ownStdin)
      : runStatements(sh, body, true)
  return yield* runToEnd(sh, run)
}

/** Run to the end of a shell process: what leaves the program becomes its exit code, and the EXIT trap runs. */
export function* runToEnd(sh: Shell, run: () => Run<number>): Run<number> {
  let status = 0
  try {
    yield* run()
    status = sh.status
  } catch (e) {
    if (e instanceof Replaced) return e.status
    if (e instanceof ShellExit || e instanceof Discard || e instanceof FunctionReturn) status = e.status
    else if (!(e instanceof LoopExit)) throw e
  }
  return yield* runExitTrap(sh, status)
}

/** Wait for a child; signals that arrive are kept for later. */
function* waitChild(sh: Shell, pid: number): Run<{ readonly code: number; readonly signal: number }> {
  for (;;) {
    const r = sh.sys.reapStatus(pid)
    if (r !== null) return r
    if (!sh.sys.isChild(pid)) return { code: 127, signal: 0 }
    for (let s = sh.sys.takeSignal(); s !== null; s = sh.sys.takeSignal()) sh.arrived.push(s)
    yield { children: [pid] }
  }
}

/** Wait for a command in the foreground; then a script is told of its jobs that a signal ended. */
export function* waitFor(sh: Shell, pid: number, text?: () => string): Run<number> {
  const { code, signal } = yield* waitChild(sh, pid)
  if (!sh.interactive) notifyJobs(sh)
  if (signal !== 0 && text !== undefined) notifyForeground(sh, pid, signal, text())
  return code
}

/** command &: its standard input is /dev/null unless it, or the pipe or compound command that it runs in, says otherwise. */
function launch(sh: Shell, st: Statement): void {
  const node = st.command
  if (sh.sys.childCount > MANY_CHILDREN) pollJobs(sh)
  sh.line = sh.source.lineAt(st.pos)
  let pids: number[]
  if (node.type === 'Pipeline' && node.prefixes.length === 0) pids = startStages(sh, node, true)
  else {
    const saved = sh.sys.saveFds()
    if (!sh.interactive && !sh.option('monitor') && !sh.ownStdin) sh.sys.install(new DeviceFile('null'), 0)
    const body: Body = node.type === 'AndOr' || node.type === 'Pipeline' ? [{ ...st, background: undefined }] : node
    pids = [runSubshell(sh, sh.sys.inheritable(), sh.sys.proc.argv, body, () => undefined, true)]
    sh.sys.restoreFds(saved)
  }
  const job = sh.jobs.add(pids, commandText(sh, node))
  sh.lastBackground = pids[pids.length - 1]!
  if (sh.interactive) sh.sys.write(2, `[${job.id}] ${sh.lastBackground}\n`)
}
