// `netns.ping`: the ping program run to its end, its report as values, and the trace of every packet.
import type { Trace } from '../trace/trace.ts'
import type { Ran } from './operations.ts'

export interface PingOptions {
  /** Echo requests (-c). Default 1. */
  readonly count?: number
  /** Seconds between them (-i). */
  readonly interval?: number
  /** Seconds to wait for an answer (-W). */
  readonly timeout?: number
  /** Bytes of data (-s). */
  readonly size?: number
  readonly ttl?: number
  /** Source address or device (-I). */
  readonly from?: string
  /** Path MTU discovery (-M). */
  readonly pmtu?: 'do' | 'want' | 'dont'
}

/** One echo reply. */
export interface PingReply {
  readonly from: string
  readonly seq: number
  readonly ttl: number
  /** Round trip in milliseconds of virtual time. */
  readonly time: number
  /** It came from another address than the one asked ("DIFFERENT ADDRESS!"). */
  readonly differentAddress: boolean
  readonly duplicate: boolean
}

/** An ICMP error or local error that ping reported. */
export interface PingError {
  readonly from: string | null
  readonly seq: number | null
  readonly message: string
}

export interface PingResult {
  readonly sent: number
  readonly received: number
  readonly replies: readonly PingReply[]
  readonly errors: readonly PingError[]
  /** 0 answered, 1 not answered, 2 not sent. */
  readonly exitCode: number
  /** What ping printed, both streams. */
  readonly output: string
  /** What stopped it from sending at all ("connect: Network is unreachable"), else null. */
  readonly error: string | null
  readonly trace: Trace
}

export function pingCommand(dst: string, o: PingOptions): string[] {
  const argv = ['ping', '-n', '-c', String(o.count ?? 1)]
  if (o.interval !== undefined) argv.push('-i', String(o.interval))
  if (o.timeout !== undefined) argv.push('-W', String(o.timeout))
  if (o.size !== undefined) argv.push('-s', String(o.size))
  if (o.ttl !== undefined) argv.push('-t', String(o.ttl))
  if (o.from !== undefined) argv.push('-I', o.from)
  if (o.pmtu !== undefined) argv.push('-M', o.pmtu)
  return [...argv, dst]
}

const REPLY = /^\d+ bytes from (\S+?): icmp_seq=(\d+) ttl=(\d+)(?: time=([\d.]+) ms)?(.*)$/
const ERROR = /^From (\S+):? icmp_seq=(\d+) (.*)$/
const LOCAL = /^ping: (?:local error: )?(.*)$/
const SUMMARY = /^(\d+) packets transmitted, (\d+) received/

export function readPing(run: Ran, trace: Trace): PingResult {
  const replies: PingReply[] = []
  const errors: PingError[] = []
  let ran = false
  let sent = 0
  let received = 0
  for (const line of run.output.split('\n')) {
    const reply = REPLY.exec(line)
    const error = ERROR.exec(line)
    const local = LOCAL.exec(line)
    const summary = SUMMARY.exec(line)
    if (reply !== null) {
      const rest = reply[5] ?? ''
      replies.push({
        from: reply[1]!,
        seq: Number(reply[2]),
        ttl: Number(reply[3]),
        time: Number(reply[4] ?? 0),
        differentAddress: rest.includes('DIFFERENT ADDRESS!'),
        duplicate: rest.includes('DUP!'),
      })
    } else if (error !== null) errors.push({ from: error[1]!, seq: Number(error[2]), message: error[3]! })
    else if (local !== null) errors.push({ from: null, seq: null, message: local[1]! })
    else if (summary !== null) {
      ran = true
      sent = Number(summary[1])
      received = Number(summary[2])
    }
  }
  const refused = /^ping: (.*)$/m.exec(run.stderr)
  const error = ran || refused === null ? null : refused[1]!
  return {
    sent,
    received,
    replies,
    errors: ran ? errors : [],
    exitCode: run.exitCode ?? 0,
    output: run.output,
    error,
    trace,
  }
}
