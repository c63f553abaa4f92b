// Reading and writing network byte order. Readers answer 0 past the end, so that decoders stay total.
import type { Mac } from '../lib/mac.ts'

export function u8(b: Uint8Array, i: number): number {
  return b[i] ?? 0
}

export function u16(b: Uint8Array, i: number): number {
  return (u8(b, i) << 8) | u8(b, i + 1)
}

/** Unsigned. */
export function u32(b: Uint8Array, i: number): number {
  return i32(b, i) >>> 0
}

/** Signed, as addresses are kept. */
export function i32(b: Uint8Array, i: number): number {
  return (u16(b, i) << 16) | u16(b, i + 2)
}

export function mac48(b: Uint8Array, i: number): Mac {
  return u16(b, i) * 0x100000000 + u32(b, i + 2)
}

export function put16(b: Uint8Array, i: number, v: number): void {
  b[i] = v >>> 8
  b[i + 1] = v
}

export function put32(b: Uint8Array, i: number, v: number): void {
  put16(b, i, v >>> 16)
  put16(b, i + 2, v)
}

export function putMac(b: Uint8Array, i: number, m: Mac): void {
  put16(b, i, Math.floor(m / 0x100000000))
  put32(b, i + 2, m >>> 0)
}

export function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const r = new Uint8Array(a.length + b.length)
  r.set(a)
  r.set(b, a.length)
  return r
}
