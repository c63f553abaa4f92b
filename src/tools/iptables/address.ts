// Addresses and masks of -s and -d as iptables reads them: numbers (also short ones: 10/8), networks and hosts by name,
// several with commas.
// Read first: xtables_ipparse_multiple, __numeric_to_ipaddr (libxtables/xtables.c).
import type { Ip4 } from '../../lib/ip4.ts'
import { problem } from './exit.ts'
import { strtoui } from './number.ts'
import type { Resolver } from './values.ts'

export interface AddressMask {
  readonly addr: Ip4
  readonly mask: Ip4
}

/** Where names of networks and hosts come from. */
export interface NameSource extends Resolver {
  /** getnetbyname(3): /etc/networks. */
  network(name: string): Ip4 | null
}

export const ANYWHERE: readonly AddressMask[] = Object.freeze([Object.freeze({ addr: 0, mask: 0 })])

/** Up to four numbers with dots; what is missing of an address is 0, a mask needs all four. Null when it is none. */
export function numericAddress(text: string, isMask: boolean): Ip4 | null {
  const plain = dottedQuad(text)
  if (plain !== null) return plain
  const parts = text.slice(0, 19).split('.')
  if (isMask && parts.length < 4) return null
  let addr = 0
  for (let i = 0; i < 4; i++) {
    if (i >= parts.length) {
      addr <<= 8
      continue
    }
    const byte = strtoui(i === 3 ? parts.slice(3).join('.') : parts[i]!, 0, 255)
    if (byte === null) return null
    addr = (addr << 8) | byte
  }
  return addr
}

/** The common form: four decimal numbers without leading zeros. Null for all others, which may still be right. */
export function dottedQuad(text: string): Ip4 | null {
  let addr = 0
  let byte = -1
  let dots = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i) - 48
    if (c === -2) {
      if (byte < 0) return null
      dots++
      addr = (addr << 8) | byte
      byte = -1
    } else if (c < 0 || c > 9 || byte === 0) return null
    else {
      byte = byte < 0 ? c : 10 * byte + c
      if (byte > 255) return null
    }
  }
  return dots === 3 && byte >= 0 ? (addr << 8) | byte : null
}

function parseMask(text: string): Ip4 {
  const dotted = text.length < 3 ? null : numericAddress(text, true)
  if (dotted !== null) return dotted
  const bits = strtoui(text, 0, 32) ?? problem(`invalid mask \`${text}' specified`)
  return bits === 0 ? 0 : (-1 << (32 - bits)) | 0
}

function hostOrNetwork(name: string, names: NameSource): readonly Ip4[] {
  const known = numericAddress(name, false) ?? names.network(name)
  if (known !== null) return [known]
  const found = names.addresses(name)
  return found.ok ? found.addresses : problem(`host/network \`${name}' not found`)
}

/** Every address that the text names, cut by its mask. */
export function parseAddresses(text: string, names: NameSource): readonly AddressMask[] {
  return text.includes(',') ? text.split(',').flatMap((item) => parseItem(item, names)) : parseItem(text, names)
}

function parseItem(item: string, names: NameSource): readonly AddressMask[] {
  const word = item.trimStart()
  if (word.length > 255) problem('Hostname too long')
  const slash = word.lastIndexOf('/')
  const mask = slash < 0 ? -1 : parseMask(word.slice(slash + 1))
  // a null mask: the name is not looked at, as in "any/0"
  const name = mask === 0 ? '0.0.0.0' : slash < 0 ? word : word.slice(0, slash)
  return hostOrNetwork(name, names).map((addr) => Object.freeze({ addr: addr & mask, mask }))
}
