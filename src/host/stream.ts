// A script shown while it runs: its output as it is written, and the trace of each packet's story when the story is over.
// Read first: host.ts, settle.ts.

import { Terminal } from '../os/terminal.ts'
import type { Trace } from '../trace/trace.ts'
import type { Machine } from './machine.ts'
import { type SpawnOperation, spawnOptions } from './operations.ts'
import { isQuiet } from './settle.ts'
import { startTrace, type Tracing } from './tracing.ts'

export interface StreamListener {
  /** Something was written to a standard stream: 1 stdout, 2 stderr. */
  output(stream: 1 | 2, data: string | Uint8Array): void
  /** All packets so far have come to their end; the trace since the last call. Absent: nothing is traced. */
  story?(trace: Trace): void
}

/** Run a program to its end in front of a listener; its exit code. */
export function streamProgram(
  m: Machine,
  hostname: string,
  operation: SpawnOperation,
  listener: StreamListener,
): number {
  const show = new Show(m, hostname, listener)
  const terminal = new ShownTerminal(m.os.limits.output, show)
  const started = m.os.spawn(operation.argv, { ...spawnOptions(operation), terminal })
  if (!started.ok) return started.errno === 'ENOENT' ? 127 : 126
  m.observer = show
  try {
    return m.os.runToExit(started.value.pid)
  } finally {
    m.observer = null
    show.tell()
  }
}

/** A terminal whose reader sees what led to a line before the line itself. */
class ShownTerminal extends Terminal {
  private readonly show: Show

  constructor(limit: number, show: Show) {
    super(limit, false)
    this.show = show
  }

  override write(stream: 1 | 2, data: string | Uint8Array): void {
    super.write(stream, data)
    this.drain()
    this.show.output(stream, data)
  }
}

class Show {
  private tracing: Tracing | null = null
  private readonly m: Machine
  private readonly hostname: string
  private readonly listener: StreamListener

  constructor(m: Machine, hostname: string, listener: StreamListener) {
    this.m = m
    this.hostname = hostname
    this.listener = listener
    this.begin()
  }

  private begin(): void {
    this.tracing = this.listener.story === undefined ? null : startTrace(this.m, this.hostname, {})
  }

  beforeEvent(): void {
    if (this.tracing === null || this.tracing.count === 0 || !isQuiet(this.m)) return
    this.tell()
    this.begin()
  }

  output(stream: 1 | 2, data: string | Uint8Array): void {
    this.beforeEvent()
    this.listener.output(stream, data)
  }

  tell(): void {
    const trace = this.tracing?.stop()
    this.tracing = null
    if (trace !== undefined && trace.events.length > 0) this.listener.story?.(trace)
  }
}
