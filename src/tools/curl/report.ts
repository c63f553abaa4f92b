// What curl tells on stderr while it works: the lines of -v, the meter, the texts of deadlines.
// Read first: state.ts, progress.ts.
import type { Sys } from '../../uapi/program.ts'
import { progressLine } from './progress.ts'
import { CONNECT_TIME, type CurlState } from './state.ts'

export function note(sys: Sys, st: CurlState, text: string): void {
  if (st.opt.verbose) sys.write(2, `* ${text}\n`)
}

/** The meter is shown unless -s or the data go to a terminal. */
export function metered(sys: Sys, st: CurlState): boolean {
  if (st.opt.silent) return false
  const out = st.opt.outputs[st.index]
  return (out !== undefined && out !== '-') || !sys.isatty(1)
}

export function meter(sys: Sys, st: CurlState, last: boolean): void {
  if (!metered(sys, st)) return
  const r = st.response
  const line = progressLine(
    {
      elapsed: sys.now() - st.began,
      received: r.bodyBytes,
      expected: r.phase === 'headers' ? -1 : r.length,
      sent: Math.min(st.sentBytes, st.bodySize),
      toSend: st.bodySize,
    },
    !st.meterShown,
  )
  st.meterShown = true
  sys.write(2, last ? `${line}\n` : line)
}

export function elapsedMs(sys: Sys, st: CurlState): number {
  return Math.trunc((sys.now() - st.began) / 1_000_000)
}

/** Header lines as -v shows them. */
export function marked(mark: string, head: string): string {
  return head.replace(/[^\n]*\n/g, (line) => mark + line)
}

/** Why a deadline (CONNECT_TIME or MAX_TIME) ended it. */
export function timeoutText(sys: Sys, st: CurlState, id: number): string {
  const ms = elapsedMs(sys, st)
  const r = st.response
  if (st.phase === 'resolve') return `Resolving timed out after ${ms} milliseconds`
  if (st.phase === 'connect') {
    if (id !== CONNECT_TIME) return `Connection timed out after ${ms} milliseconds`
    return `Failed to connect to ${st.url.host} port ${st.url.port} after ${ms} ms: Timeout was reached`
  }
  const expected = r.length >= 0 ? ` out of ${r.length}` : ''
  return `Operation timed out after ${ms} milliseconds with ${r.bodyBytes}${expected} bytes received`
}
