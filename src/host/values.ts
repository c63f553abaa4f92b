// From the text that users write to the numbers that requests carry: addresses, prefixes, MACs, flags by name.
import { ArgumentError } from '../lib/errors.ts'
import { type Ip4, parseIp4 } from '../lib/ip4.ts'
import { type Mac, parseMac } from '../lib/mac.ts'
import {
  NUD_DELAY,
  NUD_FAILED,
  NUD_INCOMPLETE,
  NUD_NOARP,
  NUD_NONE,
  NUD_PERMANENT,
  NUD_PROBE,
  NUD_REACHABLE,
  NUD_STALE,
} from '../uapi/neigh.ts'
import { RT_TABLE_DEFAULT, RT_TABLE_LOCAL, RT_TABLE_MAIN } from '../uapi/route.ts'

/** A dotted quad. Throws ArgumentError. */
export function address(text: string): Ip4 {
  const a = parseIp4(text)
  if (a === null) throw new ArgumentError(`not an IPv4 address: "${text}"`)
  return a
}

/** "default", an address, or ADDRESS/LENGTH. Throws ArgumentError. */
export function prefix(text: string): { readonly addr: Ip4; readonly len: number } {
  if (text === 'default') return { addr: 0, len: 0 }
  const [a, l, more] = text.split('/')
  const len = l === undefined ? 32 : /^\d{1,2}$/.test(l) ? Number(l) : 33
  if (len > 32 || more !== undefined) throw new ArgumentError(`not an IPv4 prefix: "${text}"`)
  return { addr: address(a ?? ''), len }
}

/** Six hex parts. Throws ArgumentError. */
export function mac(text: string): Mac {
  const m = parseMac(text)
  if (m === null) throw new ArgumentError(`not a MAC address: "${text}"`)
  return m
}

/** A table by number or by its name in rt_tables. Throws ArgumentError. */
export function tableId(table: number | string): number {
  if (typeof table === 'number') return table
  if (table === 'main') return RT_TABLE_MAIN
  if (table === 'local') return RT_TABLE_LOCAL
  if (table === 'default') return RT_TABLE_DEFAULT
  throw new ArgumentError(`no routing table is called "${table}"`)
}

/** Neighbour states by iproute2's names. */
export const NUD_BY_NAME = Object.freeze({
  none: NUD_NONE,
  incomplete: NUD_INCOMPLETE,
  reachable: NUD_REACHABLE,
  stale: NUD_STALE,
  delay: NUD_DELAY,
  probe: NUD_PROBE,
  failed: NUD_FAILED,
  noarp: NUD_NOARP,
  permanent: NUD_PERMANENT,
} as const)

/** A neighbour state as iproute2 spells it on input. */
export type NudName = keyof typeof NUD_BY_NAME

/** A whole number in a range. Throws ArgumentError. */
export function within(what: string, n: number, min: number, max: number): number {
  if (!Number.isInteger(n) || n < min || n > max)
    throw new ArgumentError(`${what} is a whole number from ${min} to ${max}, not ${n}`)
  return n
}

/** A port number. Throws ArgumentError. */
export function port(n: number): number {
  if (!Number.isInteger(n) || n < 0 || n > 65535) throw new ArgumentError(`not a port: ${n}`)
  return n
}

/** Payload given as text or bytes. */
export function payload(data: string | Uint8Array | undefined): Uint8Array {
  if (data === undefined) return new Uint8Array(0)
  return typeof data === 'string' ? new TextEncoder().encode(data) : data
}
