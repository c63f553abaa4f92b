// An interactive shell, fed line by line: variables, functions, directory and jobs stay between lines; completion of words.
// Read first: main.ts, script.ts. Leaves out job control by the terminal (^Z, fg, bg) and history expansion (!!).

import type { Os } from '../os/os.ts'
import { ProcessSys } from '../os/sys.ts'
import type { Terminal } from '../os/terminal.ts'
import type { Main, Wait } from '../uapi/program.ts'
import type { NetnsId } from '../uapi/request.ts'
import { KEYWORDS } from './builtins/names.ts'
import { builtinNames } from './builtins/table.ts'
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
        yield* this.evaluate(text)
      } catch (e) {
        if (e instanceof ShellExit) return yield* runExitTrap(sh, e.status)
        if (e instanceof Replaced) return e.status
        if (e instanceof Discard || e instanceof FunctionReturn) sh.status = e.status
        else if (!(e instanceof LoopExit)) throw e
      }
      this.line = null
      this.running = false
    }
  }

  private *evaluate(text: string): Run<void> {
    yield* runScript(this.shell, new Source(text, 'bash'), '')
    notifyJobs(this.shell)
  }

  /**
   * Run one line (or more, with newlines in it) until the shell would show its prompt again.
   * Throws LimitError when the line does not end; what it started is ended then, and so is the shell if it was the one that looped.
   */
  run(line: string): LineResult {
    if (this.ended) return this.result(false)
    const text = `${this.pending}${line}\n`
    if (isIncomplete(text)) {
      this.pending = text
      return this.result(true)
    }
    this.pending = ''
    this.line = text
    this.running = true
    const proc = this.os.processes.get(this.pid)!
    proc.timedOut = true
    this.os.ready(proc)
    const alive = this.os.runWhile(() => this.running && proc.state === 'alive', this.pid)
    if (!alive) this.ended = true
    return this.result(false)
  }

  private result(incomplete: boolean): LineResult {
    const output = this.terminal.text
    this.terminal.drain()
    const proc = this.os.processes.get(this.pid)
    const status = this.ended ? (proc?.exitCode ?? this.shell.status) : this.shell.status
    return { output, status, incomplete, exited: this.ended }
  }

  /** What the shell would print before the next line. */
  get prompt(): string {
    if (this.pending !== '') return this.shell.vars.get('PS2') ?? '> '
    return prompt(this.shell, this.shell.vars.get('PS1') ?? '\\h:\\w\\$ ')
  }

  /** Words that the word before the cursor can be completed to: commands, variables, files. */
  complete(line: string, cursor: number): string[] {
    const before = line.slice(0, cursor)
    const word = /[^\s|&;()<>]*$/.exec(before)![0]
    const first = /(^|[|&;(]|\$\()\s*$/.test(before.slice(0, before.length - word.length))
    const variable = /\$\{?(\w*)$/.exec(word)
    let found: string[]
    if (variable !== null) {
      const head = word.slice(0, word.length - variable[1]!.length)
      found = this.shell.vars
        .names()
        .filter((n) => n.startsWith(variable[1]!))
        .map((n) => head + n)
    } else found = first && !word.includes('/') ? this.commands(word) : this.files(word)
    return [...new Set(found)].sort()
  }

  private commands(word: string): string[] {
    const out = [...builtinNames(), ...KEYWORDS, ...this.shell.functions.keys()]
    for (const dir of (this.shell.vars.get('PATH') ?? '').split(':')) {
      const names = this.shell.sys.readDir(dir)
      if (names.ok) out.push(...names.value)
    }
    return out.filter((n) => n.startsWith(word))
  }

  private files(word: string): string[] {
    const at = word.lastIndexOf('/') + 1
    const names = this.shell.sys.readDir(at === 0 ? '.' : word.slice(0, at))
    const wanted = word.slice(at)
    const out: string[] = []
    for (const n of names.ok ? names.value : []) {
      if (!n.startsWith(wanted) || (n.startsWith('.') && !wanted.startsWith('.'))) continue
      const s = this.shell.sys.stat(word.slice(0, at) + n)
      out.push(word.slice(0, at) + n + (s.ok && s.value.type === 'directory' ? '/' : ''))
    }
    return out
  }

  /** Send ^C: the foreground command gets SIGINT. */
  interrupt(): void {
    for (const p of this.os.processes.values()) if (p.ppid === this.pid) this.os.signal(p, 'INT')
  }
}
