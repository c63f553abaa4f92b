// tcpdump's dumps of bytes: -x (hex), -X (hex and ASCII), -A (ASCII).

function printable(c: number): string {
  return c > 32 && c < 127 ? String.fromCharCode(c) : '.'
}

/** -x and -X: 16 bytes a line, each line led by a newline and a tab. */
export function hexDump(b: Uint8Array, withAscii: boolean): string {
  let out = ''
  for (let i = 0; i < b.length; i += 16) {
    let hex = ''
    let ascii = ''
    for (let k = i; k < Math.min(i + 16, b.length); k++) {
      const c = b[k] ?? 0
      hex += `${k % 2 === 0 ? ' ' : ''}${c.toString(16).padStart(2, '0')}`
      ascii += printable(c)
    }
    out += `\n\t0x${i.toString(16).padStart(4, '0')}: ${withAscii ? `${hex.padEnd(40)}  ${ascii}` : hex}`
  }
  return out
}

/** -A: tabs, blanks and newlines as they are, carriage returns dropped before a newline. */
export function asciiDump(b: Uint8Array): string {
  let out = '\n'
  for (let i = 0; i < b.length; i++) {
    const c = b[i] ?? 0
    if (c === 13) {
      const left = b.length - i - 1
      if (left > 1 && b[i + 1] !== 10) out += '.'
    } else out += c === 9 || c === 10 || c === 32 ? String.fromCharCode(c) : printable(c)
  }
  return out
}
