// Telling of jobs and commands that ended by a signal, as a shell without job control does (notify_of_job_status).
import { type Job, SIGNAL_TEXTS } from './jobs.ts'
import type { Shell } from './shell.ts'

const SIGINT = 2
const SIGPIPE = 13
const SIGTERM = 15

function long(sh: Shell, pid: number, signal: number, text: string): void {
  sh.sys.write(
    2,
    `${sh.prefix}${String(pid).padStart(5)} ${(SIGNAL_TEXTS[signal] ?? `Signal ${signal}`).padEnd(24)}${text}\n`,
  )
}

/** A command in the foreground was ended by a signal. */
export function notifyForeground(sh: Shell, pid: number, signal: number, text: string): void {
  if (signal === SIGINT || signal === SIGPIPE) return
  if (signal === SIGTERM || sh.interactive) sh.sys.write(2, `${SIGNAL_TEXTS[signal] ?? `Signal ${signal}`}\n`)
  else long(sh, pid, signal, text)
}

/** Take note of children of jobs that have ended. */
export function pollJobs(sh: Shell): void {
  for (const pid of sh.sys.endedChildren()) {
    const job = sh.jobs.byPid(pid)
    const r = job === undefined ? null : sh.sys.reapStatus(pid)
    if (job === undefined || r === null) continue
    sh.jobs.record(pid, r.code)
    job.signals.set(pid, r.signal)
  }
  if (sh.jobs.open > sh.sys.childCount) forgetLost(sh)
}

/** Processes of jobs that are no children of this shell any more: nothing can be learned of their end. */
function forgetLost(sh: Shell): void {
  for (const job of sh.jobs.jobs) {
    if (job.foreign) continue
    for (const pid of job.pids) if (!job.codes.has(pid) && !sh.sys.isChild(pid)) sh.jobs.record(pid, 127)
  }
}

/** Between commands: tell of jobs that have ended, and forget them. */
export function notifyJobs(sh: Shell): void {
  if (sh.jobs.jobs.length === 0) return
  pollJobs(sh)
  for (const job of [...sh.jobs.jobs]) {
    // A script keeps jobs that ended by themselves until it asks for them.
    const last = job.signals.get(job.pids[job.pids.length - 1]!) ?? 0
    if (!job.foreign && sh.jobs.done(job) && (sh.interactive || last !== 0)) tell(sh, job)
  }
}

/** Tell of one job that is done, once. */
export function tell(sh: Shell, job: Job): void {
  if (!job.notified) {
    job.notified = true
    const pid = job.pids[job.pids.length - 1]!
    const signal = job.signals.get(pid) ?? 0
    if (sh.interactive) sh.sys.write(2, `${sh.jobs.line(job, false)}\n`)
    else if (signal !== 0 && signal !== SIGINT && signal !== SIGPIPE && signal !== SIGTERM)
      long(sh, pid, signal, job.text)
  }
  sh.jobs.remove(job)
}
