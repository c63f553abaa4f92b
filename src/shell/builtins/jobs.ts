// jobs, wait, kill, disown; fg and bg say what a shell without job control says. Read first: ../jobs.ts.
// Leaves out signals that no program here can get (refused by name), kill -L tables.

import { strerror } from '../../lib/errno.ts'
import { SIGNAL_NUMBERS } from '../../os/process.ts'
import type { Signal } from '../../uapi/program.ts'
import type { Run } from '../control.ts'
import type { Job } from '../jobs.ts'
import { pollJobs, tell } from '../notify.ts'
import type { Shell } from '../shell.ts'
import { signalList, signalOf } from '../signals.ts'
import { output } from './echo.ts'

export function jobs(sh: Shell, words: readonly string[]): number {
  pollJobs(sh)
  const flags = words
    .slice(1)
    .filter((w) => /^-[lpnrs]+$/.test(w))
    .join('')
  const specs = words.slice(1).filter((w) => !w.startsWith('-'))
  const bad = words.slice(1).find((w) => w.startsWith('-') && !/^-[lpnrs]+$/.test(w))
  if (bad !== undefined) {
    sh.complain(`jobs: ${bad}: invalid option`)
    sh.sys.write(2, 'jobs: usage: jobs [-lnprs] [jobspec ...] or jobs -x command [args]\n')
    return 2
  }
  let list: Job[] = [...sh.jobs.jobs]
  if (specs.length > 0) {
    list = []
    for (const s of specs) {
      const job = s.startsWith('%') ? sh.jobs.find(s) : sh.jobs.jobs.find((j) => j.id === Number(s))
      if (job === undefined) {
        sh.complain(`jobs: ${s}: no such job`)
        return 1
      }
      list.push(job)
    }
  }
  if (flags.includes('r')) list = list.filter((j) => !sh.jobs.done(j))
  if (flags.includes('s')) list = []
  const lines = list.map((j) => (flags.includes('p') ? `${j.pids[0]}\n` : `${sh.jobs.line(j, flags.includes('l'))}\n`))
  for (const j of list) if (sh.jobs.done(j) && !flags.includes('p')) sh.jobs.remove(j)
  return output(sh, 'jobs', lines.join(''))
}

/** Wait until something holds; a signal with a trap ends the wait: its number is the answer. */
function* until(sh: Shell, done: () => boolean, children: () => readonly number[]): Run<Signal | null> {
  for (;;) {
    pollJobs(sh)
    if (done()) return null
    for (let s = sh.sys.takeSignal(); s !== null; s = sh.sys.takeSignal()) {
      sh.arrived.push(s)
      if (s !== 'CHLD') return s
    }
    yield { children: children() }
  }
}

function running(sh: Shell, job: Job): readonly number[] {
  return job.pids.filter((p) => !job.codes.has(p) && sh.sys.isChild(p))
}

function* waitJob(sh: Shell, job: Job, pid: number | null): Run<number> {
  const over = (): boolean => (pid === null ? sh.jobs.done(job) : job.codes.has(pid))
  const signal = yield* until(sh, over, () => (pid === null ? running(sh, job) : [pid]))
  if (signal !== null) return 128 + SIGNAL_NUMBERS[signal]
  const code = pid === null ? sh.jobs.code(job) : (job.codes.get(pid) ?? 127)
  if (sh.jobs.done(job)) tell(sh, job)
  return code
}

function* waitNext(sh: Shell, ids: readonly string[], variable: string | null): Run<number> {
  const wanted =
    ids.length === 0
      ? [...sh.jobs.jobs]
      : ids.map((i) => (i.startsWith('%') ? sh.jobs.find(i) : sh.jobs.byPid(Number(i)))).filter((j) => j !== undefined)
  if (wanted.length === 0) return 127
  const ended = (): Job | undefined => wanted.find((j) => sh.jobs.done(j))
  const signal = yield* until(
    sh,
    () => ended() !== undefined,
    () => wanted.flatMap((j) => running(sh, j)),
  )
  if (signal !== null) return 128 + SIGNAL_NUMBERS[signal]
  const job = ended()!
  if (variable !== null) sh.assign(variable, String(job.pids[job.pids.length - 1]))
  const code = sh.jobs.code(job)
  tell(sh, job)
  return code
}

export function* wait(sh: Shell, words: readonly string[]): Run<number> {
  let next = false
  let variable: string | null = null
  let i = 1
  for (; /^-[nfp]+$/.test(words[i] ?? ''); i++) {
    if (words[i]!.includes('n')) next = true
    if (words[i]!.includes('p')) variable = words[++i] ?? null
  }
  if (words[i] === '--') i++
  const ids = words.slice(i)
  if (next) return yield* waitNext(sh, ids, variable)
  if (ids.length === 0) {
    // Those that ended by themselves before stay for `jobs` to tell of.
    pollJobs(sh)
    const over = (j: Job): boolean => sh.jobs.done(j) && ![...j.signals.values()].some((signal) => signal !== 0)
    for (const job of sh.jobs.jobs.filter((j) => !j.foreign && !over(j))) {
      const code = yield* waitJob(sh, job, null)
      if (sh.arrived.length > 0) return code
    }
    return 0
  }
  let status = 0
  for (const id of ids) status = yield* waitOne(sh, id)
  return status
}

function* waitOne(sh: Shell, id: string): Run<number> {
  if (id.startsWith('%')) {
    const job = sh.jobs.find(id)
    if (job !== undefined) return yield* waitJob(sh, job, null)
    sh.complain(`wait: ${id}: no such job`)
    return 127
  }
  if (!/^\d+$/.test(id)) {
    sh.complain(`wait: \`${id}': not a pid or valid job spec`)
    return 1
  }
  const pid = Number(id)
  const job = sh.jobs.byPid(pid)
  if (job !== undefined && !job.foreign) return yield* waitJob(sh, job, pid)
  const code = sh.jobs.remembered.get(pid)
  if (code === undefined && sh.sys.isChild(pid)) {
    // A process substitution.
    yield { children: [pid] }
    return sh.sys.reap(pid) ?? 127
  }
  if (code === undefined) sh.complain(`wait: pid ${pid} is not a child of this shell`)
  return code ?? 127
}

const KILL_USAGE = 'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n'

/** kill's signal: null is 0, the mere question whether there is such a process. */
function* targets(
  sh: Shell,
  ids: readonly string[],
): Generator<{ readonly id: string; readonly pids: readonly number[] | null }, void, void> {
  for (const id of ids) {
    if (id.startsWith('%')) {
      const job = sh.jobs.find(id)
      if (job === undefined) sh.complain(`kill: ${id}: no such job`)
      yield { id, pids: job === undefined ? null : job.pids.filter((p) => !job.codes.has(p)) }
    } else if (/^-?\d+$/.test(id)) yield { id, pids: [Number(id)] }
    else {
      sh.complain(`kill: ${id}: arguments must be process or job IDs`)
      yield { id, pids: null }
    }
  }
}

export function kill(sh: Shell, words: readonly string[]): number {
  let args = words.slice(1)
  if (args[0] === '-l' || args[0] === '-L') {
    const list = signalList(args.slice(1))
    if (list === null) sh.complain(`kill: ${args[1]}: invalid signal specification`)
    return list === null ? 1 : output(sh, 'kill', list)
  }
  let spec = 'TERM'
  if ((args[0] === '-s' || args[0] === '-n') && args[1] !== undefined) {
    spec = args[1]
    args = args.slice(2)
  } else if (/^-[A-Za-z0-9]/.test(args[0] ?? '') && args[0] !== '--') {
    spec = args[0]!.slice(1)
    args = args.slice(1)
  }
  if (args[0] === '--') args = args.slice(1)
  if (args.length === 0) {
    sh.sys.write(2, KILL_USAGE)
    return 2
  }
  const signal = signalOf(spec)
  if (signal === undefined || signal === 'unmodelled') {
    sh.complain(
      `kill: ${spec}: ${signal === undefined ? 'invalid signal specification' : 'this signal is not modelled by netsim'}`,
    )
    return 1
  }
  let succeeded = false
  for (const t of targets(sh, args)) {
    // a job that is over needs no signal
    if (t.pids?.length === 0) succeeded = true
    for (const pid of t.pids ?? []) {
      const r = sh.sys.os.kill(sh.sys.proc, pid, signal)
      // A child that ended and was not waited for yet is still there to be signalled.
      if (r.ok) succeeded = true
      else sh.complain(`kill: (${pid}) - ${strerror(r.errno)}`)
    }
  }
  return succeeded ? 0 : 1
}

export function disown(sh: Shell, words: readonly string[]): number {
  const specs = words.slice(1).filter((w) => !w.startsWith('-'))
  if (words.includes('-h')) return 0
  if (words.includes('-a')) {
    sh.jobs.clear()
    return 0
  }
  const found =
    specs.length === 0
      ? [sh.jobs.marked('+')]
      : specs.map((s) => (s.startsWith('%') ? sh.jobs.find(s) : sh.jobs.byPid(Number(s))))
  for (const [i, job] of found.entries()) {
    if (job !== undefined) sh.jobs.remove(job)
    else {
      sh.complain(`disown: ${specs[i] ?? 'current'}: no such job`)
      return 1
    }
  }
  return 0
}

export function resume(sh: Shell, words: readonly string[]): number {
  sh.complain(`${words[0]}: no job control`)
  return 1
}
