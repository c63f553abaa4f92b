// Bytes and text: UTF-8 both ways, joining, and the standard streams of a program that buffers its output as stdio does.
// Read first: uapi/program.ts (Sys.write). Leaves out other encodings.
import type { Sys } from '../../uapi/program.ts'

const ENCODER = Object.freeze(new TextEncoder())
const DECODER = new TextDecoder()
export const NO_BYTES = new Uint8Array(0)

export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text)
}

/** Invalid sequences become U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return DECODER.decode(bytes)
}

/** One character per byte (ISO 8859-1), for protocols that are searched as text. */
export function latin1(bytes: Uint8Array): string {
  if (isAscii(bytes)) return DECODER.decode(bytes)
  let s = ''
  for (let i = 0; i < bytes.length; i += 8192) {
    s += String.fromCharCode.apply(null, bytes.subarray(i, i + 8192) as unknown as number[])
  }
  return s
}

function isAscii(bytes: Uint8Array): boolean {
  let all = 0
  for (let i = 0; i < bytes.length; i++) all |= bytes[i]!
  return all < 0x80
}

export function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const out = new Uint8Array(a.length + b.length)
  out.set(a)
  out.set(b, a.length)
  return out
}

/** stdout through stdio: line buffered on a terminal, else held until a flush, 4096 bytes or exit. */
export interface Stdout {
  held: string
  readonly tty: boolean
}

export function openStdout(sys: Sys): Stdout {
  return { held: '', tty: sys.isatty(1) }
}

export function print(sys: Sys, out: Stdout, text: string): void {
  out.held += text
  if (out.held.length >= 4096 || (out.tty && out.held.includes('\n'))) flush(sys, out)
}

export function flush(sys: Sys, out: Stdout): void {
  if (out.held === '') return
  const text = out.held
  out.held = ''
  sys.write(1, text)
}
