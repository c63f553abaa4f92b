// netsim shell: bash on a simulated machine, line by line, with history and completion.
import { readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { Host } from '../host/host.ts'
import { LimitError } from '../lib/errors.ts'
import { ShellSession } from '../shell/session.ts'
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

export function shellCommand(options: ShellOptions): Promise<void> {
  const host = new Host('node1', { seed: options.seed })
  const session = new ShellSession(host.current.os)
  const stories = new Stories('full')
  let history: string[] = []
  const rl: Interface = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: process.stdin.isTTY === true,
    history: readHistory(),
    historySize: HISTORY_LINES,
    completer: (line: string) => {
      const found = session.complete(line, line.length)
      const word = /[^\s;|&]*$/.exec(line)?.[0] ?? ''
      return [[...found], word]
    },
  })
  const ask = (): void => {
    rl.setPrompt(session.prompt)
    rl.prompt()
  }
  const runLine = (line: string): void => {
    const stop = options.trace === true ? host.trace() : null
    let exited = false
    try {
      const r = session.run(line)
      exited = r.exited
      process.exitCode = r.status
      if (stop !== null) write(1, stories.tell(stop()))
      write(1, r.output)
    } catch (e) {
      if (!(e instanceof LimitError)) throw e
      stop?.()
      write(2, `netsim: ${e.message} (limit ${e.limit})\n`)
    }
    if (exited) rl.close()
    else ask()
  }
  rl.on('history', (lines: string[]) => {
    history = lines
  })
  rl.on('line', runLine)
  rl.on('SIGINT', () => {
    write(1, '^C\n')
    ask()
  })
  ask()
  return new Promise((resolve) => {
    rl.on('close', () => {
      if (history.length > 0) saveHistory(history)
      resolve()
    })
  })
}
