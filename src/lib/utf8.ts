/** How many bytes a text has in UTF-8: the kernel's limits on names count bytes. */
export function utf8Length(text: string): number {
  let n = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.codePointAt(i)!
    if (c > 0xffff) i++
    n += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4
  }
  return n
}

/** A byte that is no text: a lone low surrogate, as Python's surrogateescape has it. */
export function rawByte(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)
}

const RAW_SEQUENCE =
  /[\udcc2-\udcdf][\udc80-\udcbf]|\udce0[\udca0-\udcbf][\udc80-\udcbf]|[\udce1-\udcec\udcee\udcef][\udc80-\udcbf]{2}|\udced[\udc80-\udc9f][\udc80-\udcbf]|\udcf0[\udc90-\udcbf][\udc80-\udcbf]{2}|[\udcf1-\udcf3][\udc80-\udcbf]{3}|\udcf4[\udc80-\udc8f][\udc80-\udcbf]{2}/g
const LONE = /[\udc80-\udcff]/u
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Raw bytes that are UTF-8 together become the character; others stay. */
export function joinRawBytes(text: string): string {
  if (!LONE.test(text)) return text
  return text.replace(RAW_SEQUENCE, (m) => decoder.decode(Uint8Array.from(m, (c) => c.charCodeAt(0) & 0xff)))
}

/** The text as it is written: bytes when it holds raw ones. */
export function withRawBytes(text: string): string | Uint8Array {
  if (!LONE.test(text)) return text
  const bytes: number[] = []
  for (const c of text) {
    if (LONE.test(c)) bytes.push(c.charCodeAt(0) & 0xff)
    else for (const b of encoder.encode(c)) bytes.push(b)
  }
  return Uint8Array.from(bytes)
}
