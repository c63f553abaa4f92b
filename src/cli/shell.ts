// netsim shell: bash on a simulated machine, line by line, with history and completion.
import { readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { Host } from '../host/host.ts'
import { LimitError } from '../lib/errors.ts'
import { type LineResult, ShellSession } from '../shell/session.ts'
import { Stories } from './stories.ts'
import { write } from './write.ts'

export interface ShellOptions {
  readonly seed: number
  readonly trace?: boolean
}

const HISTORY = join(homedir(), '.netsim_history')
const HISTORY_LINES = 1000

/** Oldest last, as readline wants it. */
function readHistory(): string[] {
  try {
    return readFileSync(HISTORY, 'utf8')
      .split('\n')
      .filter((l) => l !== '')
      .reverse()
  } catch {
    return []
  }
}

function saveHistory(lines: readonly string[]): void {
  try {
    writeFileSync(HISTORY, `${lines.slice(0, HISTORY_LINES).reverse().join('\n')}\n`)
  } catch {
    write(2, `netsim: ${HISTORY} cannot be written; the history of this session is lost\n`)
  }
}

/** Events after which ^C is looked for, at the latest. */
const SLICE = 2000
/** While a line prints, virtual time passes no faster than real time, but nobody waits longer than this for the next event. */
const PATIENCE_MS = 1000

/** A session at a terminal or behind a pipe: where its lines come from, and how they run. */
class Dialogue {
  private readonly host: Host
  private readonly session: ShellSession
  private readonly rl: Interface
  private readonly tracing: boolean
  private readonly stories = new Stories('full')
  private busy = false
  private closing = false
  private readonly waiting: string[] = []
  /** Until every line that came has run. */
  private last: Promise<void> = Promise.resolve()
  /** Ends the pause between two outputs. */
  private wake: () => void = () => undefined

  constructor(host: Host, session: ShellSession, rl: Interface, tracing: boolean) {
    this.host = host
    this.session = session
    this.rl = rl
    this.tracing = tracing
  }

  ask(): void {
    this.rl.setPrompt(this.session.prompt)
    this.rl.prompt()
  }

  /** Lines that come while one runs are kept for later, as a terminal does. */
  take(line: string): void {
    this.waiting.push(line)
    if (!this.busy) this.last = this.runAll()
  }

  private async runAll(): Promise<void> {
    this.busy = true
    for (let line = this.waiting.shift(); line !== undefined; line = this.waiting.shift()) {
      if (await this.runLine(line)) {
        this.waiting.length = 0
        this.rl.close()
        return
      }
    }
    this.busy = false
    if (!this.closing) this.ask()
  }

  /** The input has ended: what is left of it runs without pauses. */
  async end(): Promise<void> {
    this.closing = true
    this.wake()
    await this.last
  }

  /** ^C */
  interrupt(): void {
    write(1, '^C\n')
    this.session.interrupt()
    if (this.busy) {
      this.waiting.length = 0
      this.wake()
      return
    }
    this.rl.write(null, { ctrl: true, name: 'e' })
    this.rl.write(null, { ctrl: true, name: 'u' })
    this.ask()
  }

  /** True when the shell has ended with it. */
  private async runLine(line: string): Promise<boolean> {
    const stop = this.tracing ? this.host.trace() : null
    try {
      const r = this.session.start(line) ?? (await this.finish())
      process.exitCode = r.status
      if (stop !== null) write(1, this.stories.tell(stop()))
      write(1, r.output)
      return r.exited
    } catch (e) {
      if (!(e instanceof LimitError)) throw e
      stop?.()
      write(1, this.session.takeOutput())
      write(2, `netsim: ${e.message} (limit ${e.limit})\n`)
      return false
    }
  }

  private async finish(): Promise<LineResult> {
    const { sim } = this.host.current
    const { terminal } = this.session
    for (;;) {
      let left = SLICE
      const due = (): boolean => --left < 0 || (terminal.chunks.length > 0 && sim.next() > sim.now)
      const r = this.session.resume(() => process.stdin.isTTY === true && !this.closing && due())
      if (r !== null) return r
      const output = this.session.takeOutput()
      write(1, output)
      await this.pause(output === '' ? 0 : Math.min((sim.next() - sim.now) / 1e6, PATIENCE_MS))
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** Readline's completion: a word that is whole gets the blank behind it. */
function completer(session: ShellSession, line: string): [string[], string] {
  const found = session.complete(line, line.length)
  const word = /[^\s;|&()<>]*$/.exec(line)?.[0] ?? ''
  const only = found.length === 1 && !found[0]!.endsWith('/') ? [`${found[0]} `] : found
  return [only, word]
}

export function shellCommand(options: ShellOptions): Promise<void> {
  const host = new Host('node1', { seed: options.seed })
  const session = new ShellSession(host.current.os)
  let history: string[] = []
  const rl = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: process.stdin.isTTY === true,
    history: readHistory(),
    historySize: HISTORY_LINES,
    completer: (line: string) => completer(session, line),
  })
  const dialogue = new Dialogue(host, session, rl, options.trace === true)
  rl.on('history', (lines: string[]) => {
    history = lines
  })
  rl.on('line', (line) => dialogue.take(line))
  rl.on('SIGINT', () => dialogue.interrupt())
  dialogue.ask()
  return new Promise((resolve) => {
    rl.on('close', () => {
      if (history.length > 0) saveHistory(history)
      void dialogue.end().then(resolve)
    })
  })
}
