// TCP options as bytes, laid out as Linux does (tcp_options_write): MSS, SACK-permitted, timestamps, NOP, window scale;
// on data NOP NOP timestamps. What netsim does not name (SACK blocks …) follows, aligned by NOPs in front.
import { concat, put16, put32, u8, u16, u32 } from './bytes.ts'
import type { TcpOptions } from './tcp.ts'

export const TCPOPT_EOL = 0
export const TCPOPT_NOP = 1
export const TCPOPT_MSS = 2
export const TCPOPT_WINDOW = 3
export const TCPOPT_SACK_PERM = 4
export const TCPOPT_SACK = 5
export const TCPOPT_TIMESTAMP = 8

const MAX_OPTIONS = 40
const NO_OPTIONS = new Uint8Array(0)

function mssBytes(mss: number): number[] {
  return [TCPOPT_MSS, 4, mss >> 8, mss & 255]
}

function timestampBytes([val, ecr]: readonly [number, number]): number[] {
  const b = new Uint8Array(10)
  put16(b, 0, (TCPOPT_TIMESTAMP << 8) | 10)
  put32(b, 2, val)
  put32(b, 6, ecr)
  return [...b]
}

/** The aligned layout, or the dense one for options that came so tightly packed that aligning them would not fit. */
function layout(o: TcpOptions, dense: boolean): number[] {
  const out: number[] = []
  const nops = (n: number): number[] => (dense ? [] : new Array<number>(n).fill(TCPOPT_NOP))
  if (o.mss !== null) out.push(...mssBytes(o.mss))
  if (o.timestamps !== null) {
    out.push(...(o.sackPermitted ? [TCPOPT_SACK_PERM, 2] : nops(2)), ...timestampBytes(o.timestamps))
  } else if (o.sackPermitted) out.push(...nops(2), TCPOPT_SACK_PERM, 2)
  if (o.windowScale !== null) out.push(...nops(1), TCPOPT_WINDOW, 3, o.windowScale)
  if (o.unknown !== null)
    out.push(...new Array<number>(-(out.length + o.unknown.length) & 3).fill(TCPOPT_NOP), ...o.unknown)
  while (out.length % 4 !== 0) out.push(TCPOPT_EOL)
  return out
}

/** A multiple of 4 bytes, at most 40; `unknown` bytes beyond that are cut. */
export function encodeTcpOptions(o: TcpOptions | null): Uint8Array {
  if (o === null) return NO_OPTIONS
  const aligned = layout(o, false)
  return Uint8Array.from(aligned.length <= MAX_OPTIONS ? aligned : layout(o, true).slice(0, MAX_OPTIONS))
}

/** Null when there are none but padding. A second option of one kind, a malformed one and all after it go to `unknown`. */
export function decodeTcpOptions(b: Uint8Array): TcpOptions | null {
  let mss: number | null = null
  let windowScale: number | null = null
  let sackPermitted = false
  let timestamps: readonly [number, number] | null = null
  let unknown: Uint8Array | null = null
  for (let i = 0; i < b.length; ) {
    const kind = u8(b, i)
    if (kind === TCPOPT_EOL) break
    if (kind === TCPOPT_NOP) {
      i++
      continue
    }
    const said = u8(b, i + 1)
    const len = said < 2 || i + said > b.length ? b.length - i : said
    if (kind === TCPOPT_MSS && said === 4 && len === 4 && mss === null) mss = u16(b, i + 2)
    else if (kind === TCPOPT_WINDOW && said === 3 && len === 3 && windowScale === null) windowScale = u8(b, i + 2)
    else if (kind === TCPOPT_SACK_PERM && said === 2 && len === 2 && !sackPermitted) sackPermitted = true
    else if (kind === TCPOPT_TIMESTAMP && said === 10 && len === 10 && timestamps === null)
      timestamps = [u32(b, i + 2), u32(b, i + 6)]
    else unknown = concat(unknown ?? NO_OPTIONS, b.slice(i, i + len))
    i += len
  }
  const none = mss === null && windowScale === null && !sackPermitted && timestamps === null && unknown === null
  return none ? null : { mss, windowScale, sackPermitted, timestamps, unknown }
}
