// An interactive shell, fed line by line: variables, functions, directory and jobs stay between lines; completion of words.
// Read first: main.ts, script.ts. Leaves out job control by the terminal (^Z, fg, bg) and history expansion (!!).

import type { LimitError } from '../lib/errors.ts'
import type { Os } from '../os/os.ts'
import type { Process } from '../os/process.ts'
import { ProcessSys } from '../os/sys.ts'
import type { Terminal } from '../os/terminal.ts'
import type { Main, Wait } from '../uapi/program.ts'
import type { NetnsId } from '../uapi/request.ts'
import { completeWord } from './completion.ts'
import { Discard, FunctionReturn, LoopExit, Replaced, type Run, ShellExit } from './control.ts'
import { importEnvironment } from './main.ts'
import { notifyJobs } from './notify.ts'
import { isIncomplete, Source } from './parse.ts'
import { runScript } from './script.ts'
import { Shell } from './shell.ts'
import { prompt } from './transform.ts'
import { runExitTrap } from './traps.ts'

export interface LineResult {
  /** What was written since the last line, both streams in order. */
  readonly output: string
  /** $? */
  readonly status: number
  /** The line is only the beginning of a command: feed the next one with it. */
  readonly incomplete: boolean
  /** The shell has ended (exit, or end of the input); its exit code is `status`. */
  readonly exited: boolean
}

/** $? after ^C. */
const INTERRUPTED = 130
/** A line waits for the end of the input when the shell is idle. */
const IDLE: Wait = Object.freeze({ until: Number.POSITIVE_INFINITY })

export class ShellSession {
  private readonly os: Os
  private readonly shell: Shell
  private readonly pid: number
  readonly terminal: Terminal
  private pending = ''
  private line: string | null = null
  private ended = false
  private running = false
  private interrupted = false
  /** The limit that ended the line; the shell itself goes on. */
  private reached: LimitError | null = null

  /** A shell in a namespace of the machine. Throws nothing; a machine without bash gives a session that has ended. */
  constructor(os: Os, options: { readonly netns?: NetnsId; readonly env?: Readonly<Record<string, string>> } = {}) {
    this.os = os
    const spawned = os.spawn(['bash'], { ...options, tty: true, stdin: '' })
    if (!spawned.ok) throw new TypeError('the machine has no bash among its executables')
    this.pid = spawned.value.pid
    this.terminal = spawned.value.terminal
    const proc = os.processes.get(this.pid)!
    const sys = new ProcessSys(os, proc)
    this.shell = new Shell(sys)
    this.shell.mode = 'interactive'
    this.shell.source = new Source('', 'bash')
    importEnvironment(this.shell)
    const main: Main = () => this.serve()
    proc.body = { kind: 'main', main }
    proc.ignored.add('TERM')
  }

  /** The process: runs each line that `run` has put there. */
  private *serve(): Generator<Wait, number, void> {
    const sh = this.shell
    for (;;) {
      const text = this.line
      if (text === null) {
        yield IDLE
        continue
      }
      try {
        yield* this.interruptible(this.evaluate(text))
      } catch (e) {
        if (e instanceof ShellExit) return yield* runExitTrap(sh, e.status)
        if (e instanceof Replaced) return e.status
        if (e instanceof Discard || e instanceof FunctionReturn) sh.status = e.status
        else if (!(e instanceof LoopExit)) this.reached = this.limit(e)
      }
      this.line = null
      this.running = false
    }
  }

  private limit(e: unknown): LimitError {
    const limit = this.os.limitOf(e, this.os.processes.get(this.pid)!)
    if (limit === null) throw e
    return limit
  }

  /** After ^C the command ends where it waited. */
  private *interruptible(body: Run<void>): Run<void> {
    for (let step = body.next(); step.done !== true; ) {
      yield step.value
      if (!this.interrupted) step = body.next()
      else {
        this.interrupted = false
        step = body.throw(new Discard(INTERRUPTED))
      }
    }
  }

  private *evaluate(text: string): Run<void> {
    yield* runScript(this.shell, new Source(text, 'bash'), '')
    notifyJobs(this.shell)
  }

  /**
   * Run one line (or more, with newlines in it) until the shell would show its prompt again.
   * Throws LimitError when the line does not end; what it started is ended then, the shell goes on.
   */
  run(line: string): LineResult {
    return this.start(line) ?? this.resume(() => false)!
  }

  /** Begin a line, which resume() then runs; an answer at once when there is nothing to run. */
  start(line: string): LineResult | null {
    if (this.ended) return this.result(false)
    const text = `${this.pending}${line}\n`
    if (isIncomplete(text)) {
      this.pending = text
      return this.result(true)
    }
    this.pending = ''
    this.line = text
    this.running = true
    this.interrupted = false
    const proc = this.os.processes.get(this.pid)!
    proc.timedOut = true
    this.os.ready(proc)
    return null
  }

  /** Go on with the line until it is done, or until `pause` says so between two events: null. Throws as run() does. */
  resume(pause: () => boolean): LineResult | null {
    const proc = this.os.processes.get(this.pid)!
    const goOn = (): boolean => {
      const limit = this.reached
      this.reached = null
      if (limit !== null) throw limit
      return this.running && proc.state === 'alive'
    }
    try {
      if (!this.os.runWhile(() => goOn() && !pause(), this.pid)) this.ended = true
    } catch (e) {
      // A child reached the limit: the line that waits for it is over.
      if (this.running) {
        this.interrupted = true
        this.os.ready(proc)
        this.os.runWhile(goOn, this.pid)
      }
      throw e
    }
    return goOn() ? null : this.result(false)
  }

  private result(incomplete: boolean): LineResult {
    const output = this.takeOutput()
    const proc = this.os.processes.get(this.pid)
    const status = this.ended ? (proc?.exitCode ?? this.shell.status) : this.shell.status
    return { output, status, incomplete, exited: this.ended }
  }

  /** What was written since it was last asked for. */
  takeOutput(): string {
    const output = this.terminal.text
    this.terminal.drain()
    return output
  }

  /** What the shell would print before the next line. */
  get prompt(): string {
    if (this.pending !== '') return this.shell.vars.get('PS2') ?? '> '
    return prompt(this.shell, this.shell.vars.get('PS1') ?? '\\h:\\w\\$ ')
  }

  /** Words that the word before the cursor can be completed to. */
  complete(line: string, cursor: number): string[] {
    return completeWord(this.shell, line.slice(0, cursor))
  }

  /** The children that the shell waits for, and theirs: jobs in the background are not meant. */
  private foreground(): Process[] {
    const jobs = new Set(this.shell.jobs.jobs.flatMap((j) => j.pids))
    const pids = new Set([this.pid])
    const out: Process[] = []
    for (const p of this.os.processes.values()) {
      if (!pids.has(p.ppid) || jobs.has(p.pid) || p.state !== 'alive') continue
      pids.add(p.pid)
      out.push(p)
    }
    return out
  }

  /** ^C: the foreground command gets SIGINT, and the rest of the line is forgotten; so is a command that is not whole yet. */
  interrupt(): void {
    this.pending = ''
    if (!this.running) return
    this.interrupted = true
    const waitedFor = this.foreground()
    for (const p of waitedFor) this.os.signal(p, 'INT')
    if (waitedFor.length === 0) this.os.ready(this.os.processes.get(this.pid)!)
  }
}
