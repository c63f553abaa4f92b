// Jobs of one shell: what runs behind &, found by %N, %+, %-, %?text, pid. Read first: exec.ts, builtins/jobs.ts.
// Leaves out stopped jobs (no terminal sends ^Z here).

export interface Job {
  readonly id: number
  readonly pids: readonly number[]
  /** The command as jobs prints it. */
  readonly text: string
  /** Exit codes of the pids that have ended. */
  readonly codes: Map<number, number>
  /** Signals that ended them; 0 for none. */
  readonly signals: Map<number, number>
  /** The parent shell's: nothing can be learned of its end here. */
  readonly foreign: boolean
  /** Its end has been told or asked for. */
  notified: boolean
}

/** strsignal(3) as bash's job messages have it. */
export const SIGNAL_TEXTS: Readonly<Record<number, string>> = Object.freeze({
  1: 'Hangup',
  2: 'Interrupt',
  3: 'Quit',
  6: 'Aborted',
  9: 'Killed',
  10: 'User defined signal 1',
  11: 'Segmentation fault',
  12: 'User defined signal 2',
  13: 'Broken pipe',
  14: 'Alarm clock',
  15: 'Terminated',
})

export class JobTable {
  /** In the order of their ids. */
  jobs: Job[] = []
  private current: Job | null = null
  private previous: Job | null = null
  private readonly pids = new Map<number, Job>()
  /** The parent's jobs, whose pids are not in the map yet. */
  private inherited: readonly Job[] = []
  /** Processes of jobs whose end has not been recorded. */
  open = 0
  /** Codes of children that were waited for or told of: `wait PID` may ask again. */
  readonly remembered = new Map<number, number>()

  /** Command substitutions and simple commands of a pipeline can still list their parent's jobs, not wait for them. */
  forSubshell(keep: boolean): JobTable {
    const t = new JobTable()
    if (!keep) return t
    // What is recorded of a job that is done does not change any more.
    t.jobs = this.jobs.map((j) =>
      this.done(j)
        ? { ...j, foreign: true }
        : { ...j, codes: new Map(j.codes), signals: new Map(j.signals), foreign: true },
    )
    t.inherited = t.jobs
    t.current = t.jobs[this.jobs.indexOf(this.current!)] ?? null
    t.previous = t.jobs[this.jobs.indexOf(this.previous!)] ?? null
    return t
  }

  add(pids: readonly number[], text: string): Job {
    const id = (this.jobs[this.jobs.length - 1]?.id ?? 0) + 1
    const job: Job = { id, pids, text, codes: new Map(), signals: new Map(), notified: false, foreign: false }
    this.jobs.push(job)
    for (const pid of pids) this.pids.set(pid, job)
    this.open += pids.length
    this.resetCurrent()
    return job
  }

  done(job: Job): boolean {
    return job.codes.size === job.pids.length
  }

  /** Exit code of a job that is done: its last process's. */
  code(job: Job): number {
    return job.codes.get(job.pids[job.pids.length - 1]!) ?? 0
  }

  /** %+ and %-: of a single job both are it. */
  marked(mark: '+' | '-'): Job | undefined {
    return (mark === '+' ? this.current : this.previous) ?? undefined
  }

  /** reset_current, set_current_job: the newest job that runs, and the newest before it. Jobs that are done keep their marks until then. */
  private resetCurrent(): void {
    this.current = this.lastRunning(this.jobs.length)
    this.previous = this.current && (this.lastRunning(this.jobs.indexOf(this.current)) ?? this.current)
  }

  /** job_last_running: below an index. */
  private lastRunning(end: number): Job | null {
    for (let i = end - 1; i >= 0; i--) if (!this.done(this.jobs[i]!)) return this.jobs[i]!
    return null
  }

  /** %1 %% %+ %- %text %?text; undefined when there is none. */
  find(spec: string): Job | undefined {
    const s = spec.slice(1)
    if (s === '' || s === '%' || s === '+') return this.marked('+')
    if (s === '-') return this.marked('-')
    if (/^\d+$/.test(s)) return this.jobs.find((j) => j.id === Number(s))
    if (s.startsWith('?')) return this.jobs.find((j) => j.text.includes(s.slice(1)))
    return this.jobs.find((j) => j.text.startsWith(s))
  }

  byPid(pid: number): Job | undefined {
    for (const job of this.inherited) for (const p of job.pids) if (!this.pids.has(p)) this.pids.set(p, job)
    this.inherited = []
    return this.pids.get(pid)
  }

  record(pid: number, code: number): void {
    this.remembered.set(pid, code)
    const job = this.byPid(pid)
    if (job === undefined || job.codes.has(pid)) return
    job.codes.set(pid, code)
    if (!job.foreign) this.open--
  }

  remove(job: Job): void {
    this.jobs = this.jobs.filter((j) => j !== job)
    for (const pid of job.pids) {
      if (this.pids.get(pid) === job) this.pids.delete(pid)
      if (!job.codes.has(pid) && !job.foreign) this.open--
    }
    if (job === this.current || job === this.previous) this.resetCurrent()
  }

  /** Forget all of them. */
  clear(): void {
    this.jobs = []
    this.pids.clear()
    this.open = 0
    this.resetCurrent()
  }

  /** What jobs prints of a job's state. */
  stateText(job: Job): string {
    if (!this.done(job)) return 'Running'
    const code = this.code(job)
    const signal = job.signals.get(job.pids[job.pids.length - 1]!) ?? 0
    if (signal !== 0) return SIGNAL_TEXTS[signal] ?? `Signal ${signal}`
    return code === 0 ? 'Done' : `Exit ${code}`
  }

  line(job: Job, withPids: boolean): string {
    const mark = this.marked('+') === job ? '+' : this.marked('-') === job ? '-' : ' '
    const tail = this.done(job) ? '' : ' &'
    const pid = withPids ? `${job.pids[0]} ` : ' '
    return `[${job.id}]${mark} ${pid}${this.stateText(job).padEnd(24)}${job.text}${tail}`
  }
}
