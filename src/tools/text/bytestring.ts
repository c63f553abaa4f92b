// Text tools work on bytes, as Linux does in the C locale: a byte string has one character (0…255) per byte.
// Read first: lib/bytes.ts. Command lines and file names are ordinary text and are converted at the door.
import { latin1, textOf, utf8 } from '../lib/bytes.ts'

/** Text to byte string. */
export function bytesOf(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : latin1(utf8(text))
}

/** Byte string to what is written. */
export function rawBytes(bytes: string): Uint8Array {
  const ascii = utf8(bytes)
  if (ascii.length === bytes.length) return ascii
  const out = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) out[i] = bytes.charCodeAt(i)
  return out
}

/** Byte string to text: for names of files and programs, and for messages. */
export function textFrom(bytes: string): string {
  return /^[\0-\x7f]*$/.test(bytes) ? bytes : textOf(rawBytes(bytes))
}
