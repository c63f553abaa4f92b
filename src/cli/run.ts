// netsim run: a script on a fresh machine, with its traces and captures.
import { readFileSync } from 'node:fs'
import { Host } from '../host/host.ts'
import { LimitError } from '../lib/errors.ts'
import { traceToJson } from '../trace/json.ts'
import type { Trace } from '../trace/trace.ts'
import { Captures } from './captures.ts'
import { Stories } from './stories.ts'
import { write } from './write.ts'

export interface RunOptions {
  readonly trace?: 'short' | 'text' | 'verbose' | 'json'
  readonly pcap?: string
  readonly seed: number
}

/** Exit code when a limit of netsim ended the run. */
const EXIT_LIMIT = 125

export function runCommand(script: string, args: readonly string[], options: RunOptions): void {
  const text = readScript(script)
  if (text === null) {
    process.exitCode = 127
    return
  }
  const host = new Host('node1', { seed: options.seed })
  const captures = options.pcap === undefined ? null : new Captures(host)
  const stop = captures === null ? null : host.onEvent(captures.hear)
  try {
    process.exitCode = host.stream(text, listener(options), {
      args,
      name: script,
      ...(script === '-' ? {} : { stdin: readInput() }),
    })
  } catch (e) {
    if (!(e instanceof LimitError)) throw e
    write(2, `netsim: ${e.message} (limit ${e.limit})\n`)
    process.exitCode = EXIT_LIMIT
  } finally {
    stop?.()
    if (captures !== null && options.pcap !== undefined) captures.write(options.pcap)
  }
}

function readScript(script: string): string | null {
  try {
    return readFileSync(script === '-' ? 0 : script, 'utf8')
  } catch {
    write(2, `netsim: ${script}: No such file or directory\n`)
    return null
  }
}

/** What is piped into netsim is the script's standard input; a terminal gives it nothing. */
function readInput(): string {
  if (process.stdin.isTTY) return ''
  try {
    return readFileSync(0, 'utf8')
  } catch {
    return ''
  }
}

function listener(options: RunOptions): Parameters<Host['stream']>[1] {
  const output = (stream: 1 | 2, data: string | Uint8Array): void => write(stream, data)
  const form = options.trace
  if (form === undefined) return { output }
  if (form === 'json') return { output, story: (trace) => write(2, jsonLine(trace)) }
  const stories = new Stories(form === 'text' ? 'full' : form)
  return { output, story: (trace) => write(2, stories.tell(trace)) }
}

function jsonLine(trace: Trace): string {
  return `${JSON.stringify(traceToJson(trace))}\n`
}
