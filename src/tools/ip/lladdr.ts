// Link-layer addresses as iproute2 takes them (ll_addr_a2n): hexadecimal bytes between colons, or four of a dotted quad.
import type { Mac } from '../../lib/mac.ts'
import { CommandFailure } from './exit.ts'
import { parseInet } from './prefix.ts'

const invalid = (text: string): never => {
  throw new CommandFailure(`"${text}" is invalid lladdr.\n`)
}

/** The bytes of an address; any number of them up to `max`. */
export function parseLladdr(text: string, max = 32): readonly number[] {
  if (text.includes('.')) {
    const addr = parseInet(text) ?? invalid(text)
    return [addr >>> 24, (addr >>> 16) & 255, (addr >>> 8) & 255, addr & 255]
  }
  return text
    .split(':')
    .slice(0, max)
    .map((part) => {
      const m = /^\s*(?:0[xX])?([0-9a-fA-F]+)/.exec(part)
      const byte = m === null ? 256 : Number.parseInt(m[1]!, 16)
      return byte > 255 ? invalid(part) : byte
    })
}

/** The first six bytes as a MAC address. */
export function macOf(bytes: readonly number[]): Mac {
  return bytes.slice(0, 6).reduce((mac, byte) => mac * 256 + byte, 0)
}
