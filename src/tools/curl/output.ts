// Where curl's data go: stdout through a stdio buffer, or -o's file, made when the first byte comes.
import { strerror } from '../../lib/errno.ts'
import type { Sys } from '../../uapi/program.ts'
import { joinBytes, NO_BYTES } from '../lib/bytes.ts'
import type { CurlState } from './state.ts'

/** Hand data on; null, or what went wrong. */
export function emit(sys: Sys, st: CurlState, data: Uint8Array): string | null {
  const name = st.opt.outputs[st.index]
  if (name === undefined || name === null || name === '-') {
    st.held = joinBytes(st.held, data)
    if (st.held.length >= 4096 || st.opt.noBuffer || sys.isatty(1)) return flushHeld(sys, st)
    return null
  }
  if (st.out < 0) {
    const r = sys.open(name, 'write', true)
    if (!r.ok) {
      if (!st.opt.silent || st.opt.showError) {
        sys.write(2, `Warning: Failed to open the file ${name}: ${strerror(r.errno)}\n`)
      }
      return 'Failure writing output to destination'
    }
    st.out = r.value
  }
  return sys.write(st.out, data).ok ? null : 'Failure writing output to destination'
}

/** Write what stdio holds; what a full pipe does not take stays held. */
export function flushHeld(sys: Sys, st: CurlState): string | null {
  while (st.held.length > 0) {
    const r = sys.write(1, st.held)
    if (!r.ok) return r.errno === 'EAGAIN' ? null : 'Failure writing output to destination'
    st.held = st.held.subarray(r.value)
  }
  st.held = NO_BYTES
  return null
}

/** A transfer that went well makes its file even when nothing came. */
export function finishOutput(sys: Sys, st: CurlState, ok: boolean): void {
  const name = st.opt.outputs[st.index]
  if (ok && st.out < 0 && typeof name === 'string' && name !== '-') emit(sys, st, NO_BYTES)
  if (st.out >= 0) sys.close(st.out)
  st.out = -1
}
