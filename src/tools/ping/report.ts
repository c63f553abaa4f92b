// What ping says at the end and on SIGQUIT, and its exit code (iputils ping_common.c: finish, status).
import type { Sys } from '../../uapi/program.ts'
import { flush, print } from '../lib/bytes.ts'
import { formatG } from '../lib/number.ts'
import type { PingState } from './state.ts'

/** Microseconds as milliseconds with three decimals. */
function ms(us: number): string {
  return `${Math.trunc(us / 1000)}.${String(Math.trunc(us % 1000)).padStart(3, '0')}`
}

/** Newton's integer root, as iputils rounds mdev. */
function integerRoot(a: number): number {
  let prev = Number.MAX_SAFE_INTEGER
  let x = a
  if (x <= 0) return x
  while (x < prev) {
    prev = x
    x = Math.trunc((x + Math.trunc(a / x)) / 2)
  }
  return x
}

function timesLine(st: PingState, elapsed: number): string {
  let line = ''
  if (st.received > 0 && st.timing) {
    const total = st.received + st.repeats
    const avg = Math.trunc(st.tsum / total)
    const variance =
      st.tsum < 2147483647 ? (st.tsum2 - (st.tsum * st.tsum) / total) / total : st.tsum2 / total - avg * avg
    const mdev = integerRoot(Math.trunc(variance))
    line = `rtt min/avg/max/mdev = ${ms(st.tmin)}/${ms(avg)}/${ms(st.tmax)}/${ms(mdev)} ms`
  }
  const add = (text: string): void => {
    line += line === '' ? text : `, ${text}`
  }
  if (st.pipesize > 1) add(`pipe ${st.pipesize}`)
  if (st.received > 0 && st.transmitted > 1 && (st.interval === 0 || st.opt.flood || st.opt.adaptive)) {
    const gap = Math.trunc(elapsed / 1000 / (st.transmitted - 1))
    add(`ipg/ewma ${ms(gap)}/${Math.trunc(st.rtt / 8000)}.${String(Math.trunc(st.rtt / 8) % 1000).padStart(3, '0')} ms`)
  }
  return line
}

/** The summary; answers the exit code. */
export function finish(sys: Sys, st: PingState): number {
  const elapsed = (st.curTime < 0 ? st.startTime : st.curTime) - st.startTime
  let text = `\n--- ${st.host} ping statistics ---\n${st.transmitted} packets transmitted, ${st.received} received`
  if (st.repeats > 0) text += `, +${st.repeats} duplicates`
  if (st.checksum > 0) text += `, +${st.checksum} corrupted`
  if (st.errors > 0) text += `, +${st.errors} errors`
  if (st.transmitted > 0) {
    const loss = Math.fround(((st.transmitted - st.received) * 100) / st.transmitted)
    text += `, ${formatG(loss)}% packet loss, time ${Math.trunc((elapsed + 500_000) / 1_000_000)}ms`
  }
  print(sys, st.out, `${text}\n${timesLine(st, elapsed)}\n`)
  flush(sys, st.out)
  const failed = st.received === 0 || (st.opt.deadline > 0 && st.received < st.opt.count)
  return failed ? 1 : 0
}

/** SIGQUIT: one line on stderr. */
export function status(sys: Sys, st: PingState): void {
  st.snapshot = false
  const loss = st.transmitted > 0 ? Math.trunc(((st.transmitted - st.received) * 100) / st.transmitted) : 0
  let text = `\r${st.received}/${st.transmitted} packets, ${loss}% loss`
  if (st.received > 0 && st.timing) {
    const avg = Math.trunc(st.tsum / (st.received + st.repeats))
    text += `, min/avg/ewma/max = ${ms(st.tmin)}/${ms(avg)}/${ms(Math.trunc(st.rtt / 8))}/${ms(st.tmax)} ms`
  }
  sys.write(2, `${text}\n`)
}
