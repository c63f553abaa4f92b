// DNS messages (RFC 1035) as far as a stub resolver and a small authoritative server need them: A, AAAA, CNAME, PTR.
// Leaves out EDNS, TCP and every other record type (they are skipped in answers).
import { joinBytes, latin1, utf8 } from './bytes.ts'
import { readI32, readU16 } from './sock.ts'

export const TYPE_A = 1
export const TYPE_CNAME = 5
export const TYPE_PTR = 12
export const TYPE_AAAA = 28

export const RCODE_OK = 0
export const RCODE_NXDOMAIN = 3
export const RCODE_REFUSED = 5

export interface DnsRecord {
  readonly name: string
  readonly type: number
  readonly ttl: number
  /** An A record's address; 0 otherwise. */
  readonly address: number
  /** The target of a CNAME or PTR; '' otherwise. */
  readonly target: string
}

export interface DnsMessage {
  readonly id: number
  readonly response: boolean
  readonly rcode: number
  readonly name: string
  readonly type: number
  readonly answers: readonly DnsRecord[]
}

function encodeName(name: string): Uint8Array {
  const bytes: number[] = []
  for (const label of name.replace(/\.$/, '').split('.')) {
    if (label === '') continue
    const b = utf8(label)
    bytes.push(b.length & 63, ...b.subarray(0, 63))
  }
  bytes.push(0)
  return Uint8Array.from(bytes)
}

function u16s(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((v) => [(v >>> 8) & 255, v & 255]))
}

export function encodeQuery(id: number, name: string, type: number): Uint8Array {
  return joinBytes(joinBytes(u16s(id, 0x0100, 1, 0, 0, 0), encodeName(name)), u16s(type, 1))
}

/** An answer to `query`: its question repeated, then the records. */
export function encodeResponse(
  query: DnsMessage,
  rcode: number,
  authoritative: boolean,
  answers: readonly DnsRecord[],
): Uint8Array {
  const flags = 0x8000 | (authoritative ? 0x0400 : 0) | 0x0100 | 0x0080 | rcode
  let out = joinBytes(u16s(query.id, flags, 1, answers.length, 0, 0), encodeName(query.name))
  out = joinBytes(out, u16s(query.type, 1))
  for (const r of answers) {
    const data = r.type === TYPE_A ? u16s(r.address >>> 16, r.address & 0xffff) : encodeName(r.target)
    out = joinBytes(out, encodeName(r.name))
    out = joinBytes(out, u16s(r.type, 1, r.ttl >>> 16, r.ttl & 0xffff, data.length))
    out = joinBytes(out, data)
  }
  return out
}

/** A name at an offset, compression pointers followed; null when it is malformed. */
function readName(b: Uint8Array, start: number): { readonly name: string; readonly next: number } | null {
  const labels: string[] = []
  let at = start
  let next = -1
  for (let hops = 0; hops < 128; hops++) {
    const n = b[at]
    if (n === undefined) return null
    if (n === 0) return { name: labels.join('.'), next: next < 0 ? at + 1 : next }
    if ((n & 0xc0) === 0xc0) {
      if (next < 0) next = at + 2
      at = readU16(b, at) & 0x3fff
    } else {
      if (n > 63 || at + 1 + n > b.length) return null
      labels.push(latin1(b.subarray(at + 1, at + 1 + n)))
      at += n + 1
    }
  }
  return null
}

/** Null when the bytes are no DNS message with one question. */
export function decodeDns(b: Uint8Array): DnsMessage | null {
  if (b.length < 12 || readU16(b, 4) !== 1) return null
  const q = readName(b, 12)
  if (q === null || q.next + 4 > b.length) return null
  const flags = readU16(b, 2)
  const answers: DnsRecord[] = []
  let at = q.next + 4
  for (let i = readU16(b, 6); i > 0; i--) {
    const owner = readName(b, at)
    if (owner === null || owner.next + 10 > b.length) return null
    const type = readU16(b, owner.next)
    const length = readU16(b, owner.next + 8)
    const data = owner.next + 10
    if (data + length > b.length) return null
    const target = type === TYPE_CNAME || type === TYPE_PTR ? readName(b, data) : null
    const address = type === TYPE_A && length === 4 ? readI32(b, data) : 0
    answers.push({ name: owner.name, type, ttl: readI32(b, owner.next + 4), address, target: target?.name ?? '' })
    at = data + length
  }
  return {
    id: readU16(b, 0),
    response: (flags & 0x8000) !== 0,
    rcode: flags & 15,
    name: q.name,
    type: readU16(b, q.next),
    answers,
  }
}
