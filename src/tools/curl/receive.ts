// curl takes in a response: what -v, -i, -f and -L make of its headers, its body on the way out, the ends that are failures.
// Read first: response.ts, state.ts.
import { strerror } from '../../lib/errno.ts'
import type { Sys } from '../../uapi/program.ts'
import { utf8 } from '../lib/bytes.ts'
import { emit } from './output.ts'
import { marked, note } from './report.ts'
import { endOfStream, feed, header } from './response.ts'
import type { CurlState } from './state.ts'

/** Why a transfer failed: curl's exit code and words. */
export interface Failure {
  readonly code: number
  readonly message: string
}

/** Take what the socket has: the response is whole, more is to come, or the transfer failed. */
export function receiveResponse(sys: Sys, st: CurlState): 'whole' | 'more' | Failure {
  for (;;) {
    const got = sys.sockets.recv(st.s)
    if (!got.ok) {
      return got.errno === 'EAGAIN' ? 'more' : { code: 56, message: `Recv failure: ${strerror(got.errno)}` }
    }
    const { data } = got.value
    if (data.length === 0) return endOfStream(st.response) ?? 'whole'
    if (st.firstByteAt < 0) st.firstByteAt = sys.now()
    const failed = take(sys, st, data)
    if (failed !== null) return failed
    if (st.response.phase === 'done') return 'whole'
  }
}

/** One piece of the stream. */
function take(sys: Sys, st: CurlState, data: Uint8Array): Failure | null {
  const r = st.response
  const inHeaders = r.phase === 'headers'
  const waiting = r.pending.length
  const body = feed(r, data, st.opt.head)
  const raw = waiting + data.length - (inHeaders ? r.head.length : 0)
  if (r.old) return { code: 1, message: 'Received HTTP/0.9 when not allowed' }
  if (inHeaders && r.phase !== 'headers') {
    const failed = headersCame(sys, st)
    if (failed !== null) return failed
  }
  if (body.length === 0 || st.suppressed) return null
  if (st.opt.verbose && !sys.isatty(1)) sys.write(2, `{ [${raw} bytes data]\n`)
  return written(emit(sys, st, body))
}

function written(failed: string | null): Failure | null {
  return failed === null ? null : { code: 23, message: failed }
}

function headersCame(sys: Sys, st: CurlState): Failure | null {
  const r = st.response
  st.headerBytes += r.head.length
  if (r.version === '1.0') st.speaksOld = true
  if (st.opt.verbose) {
    if (r.version === '1.0' && !r.keepAlive) note(sys, st, 'HTTP 1.0, assume close after body')
    sys.write(2, marked('< ', r.head))
  }
  if (st.opt.fail && r.status >= 400) {
    return { code: 22, message: `The requested URL returned error: ${r.status}` }
  }
  if (st.opt.include || st.opt.head) {
    const failed = written(emit(sys, st, utf8(r.head)))
    if (failed !== null) return failed
  }
  if (st.opt.location && r.status >= 300 && r.status < 400 && header(r, 'location') !== null) st.suppressed = true
  return null
}
