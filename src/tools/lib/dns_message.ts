// DNS messages (RFC 1035) as resolvers and a small server need them: one question, records of A, AAAA, NS, CNAME and PTR,
// the EDNS record (RFC 6891). Read first: resolve.ts. Leaves out TCP; data of other record types stays bytes.
import { joinBytes, latin1, NO_BYTES, utf8 } from './bytes.ts'
import { readI32, readU16 } from './sock.ts'

export const TYPE_A = 1
export const TYPE_NS = 2
export const TYPE_CNAME = 5
export const TYPE_PTR = 12
export const TYPE_AAAA = 28
export const TYPE_ANY = 255
const TYPE_OPT = 41
export const CLASS_IN = 1

export const RCODE_OK = 0
export const RCODE_SERVFAIL = 2
export const RCODE_NXDOMAIN = 3
export const RCODE_NOTIMP = 4
export const RCODE_REFUSED = 5

export const FLAG_QR = 0x8000
export const FLAG_AA = 0x0400
export const FLAG_TC = 0x0200
export const FLAG_RD = 0x0100
export const FLAG_RA = 0x0080
export const FLAG_AD = 0x0020
export const FLAG_CD = 0x0010

export const EDNS_COOKIE = 10
export const EDNS_EDE = 15
const EDNS_DO = 0x8000

export interface DnsRecord {
  readonly name: string
  readonly type: number
  readonly ttl: number
  /** An A record's address; 0 otherwise. */
  readonly address: number
  /** The target of a CNAME, NS or PTR; '' otherwise. */
  readonly target: string
}

export interface Edns {
  readonly udp: number
  readonly dnssec: boolean
  readonly options: readonly { readonly code: number; readonly data: Uint8Array }[]
}

export interface DnsMessage {
  readonly id: number
  /** The second word of the header: FLAG_… and the code. */
  readonly flags: number
  readonly name: string
  readonly type: number
  readonly cls: number
  readonly answers: readonly DnsRecord[]
  readonly edns: Edns | null
  /** Of the encoded message, in bytes. */
  readonly size: number
}

export function rcodeOf(m: DnsMessage): number {
  return m.flags & 15
}

export function isResponse(m: DnsMessage): boolean {
  return (m.flags & FLAG_QR) !== 0
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

function encodeEdns(e: Edns): Uint8Array {
  let data: Uint8Array = NO_BYTES
  for (const o of e.options) data = joinBytes(data, joinBytes(u16s(o.code, o.data.length), o.data))
  const fixed = joinBytes(Uint8Array.from([0]), u16s(TYPE_OPT, e.udp, 0, e.dnssec ? EDNS_DO : 0, data.length))
  return joinBytes(fixed, data)
}

/** Owners that were named before (the question, a CNAME's target) are pointers, as dnsmasq writes them. */
export function encodeDns(m: Omit<DnsMessage, 'size'>): Uint8Array {
  const counts = u16s(1, m.answers.length, 0, m.edns === null ? 0 : 1)
  let out = joinBytes(joinBytes(u16s(m.id, m.flags), counts), encodeName(m.name))
  out = joinBytes(out, u16s(m.type, m.cls))
  const known = new Map([[m.name, 12]])
  for (const r of m.answers) {
    const at = known.get(r.name)
    out = joinBytes(out, at === undefined ? encodeName(r.name) : u16s(0xc000 | at))
    const data = r.type === TYPE_A ? u16s(r.address >>> 16, r.address & 0xffff) : encodeName(r.target)
    out = joinBytes(out, u16s(r.type, m.cls, r.ttl >>> 16, r.ttl & 0xffff, data.length))
    if (r.type === TYPE_CNAME && !known.has(r.target)) known.set(r.target, out.length)
    out = joinBytes(out, data)
  }
  return m.edns === null ? out : joinBytes(out, encodeEdns(m.edns))
}

export function encodeQuery(id: number, name: string, type: number, more: Partial<DnsMessage> = {}): Uint8Array {
  return encodeDns({ id, flags: FLAG_RD, name, type, cls: CLASS_IN, answers: [], edns: null, ...more })
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

function readEdns(b: Uint8Array, fixed: number): Edns {
  const options: { code: number; data: Uint8Array }[] = []
  const end = fixed + 10 + readU16(b, fixed + 8)
  for (let i = fixed + 10; i + 4 <= end; ) {
    const next = i + 4 + readU16(b, i + 2)
    if (next > end) break
    options.push({ code: readU16(b, i), data: b.slice(i + 4, next) })
    i = next
  }
  return { udp: readU16(b, fixed + 2), dnssec: (readU16(b, fixed + 6) & EDNS_DO) !== 0, options }
}

/** Null when the bytes are no DNS message with one question. */
export function decodeDns(b: Uint8Array): DnsMessage | null {
  if (b.length < 12 || readU16(b, 4) !== 1) return null
  const q = readName(b, 12)
  if (q === null || q.next + 4 > b.length) return null
  const answers: DnsRecord[] = []
  let edns: Edns | null = null
  let at = q.next + 4
  const count = readU16(b, 6)
  const all = count + readU16(b, 8) + readU16(b, 10)
  for (let i = 0; i < all; i++) {
    const owner = readName(b, at)
    if (owner === null || owner.next + 10 > b.length) return null
    const type = readU16(b, owner.next)
    const length = readU16(b, owner.next + 8)
    const data = owner.next + 10
    if (data + length > b.length) return null
    if (type === TYPE_OPT) edns = readEdns(b, owner.next)
    else if (i < count) {
      const named = type === TYPE_CNAME || type === TYPE_PTR || type === TYPE_NS
      const target = named ? (readName(b, data)?.name ?? '') : ''
      const address = type === TYPE_A && length === 4 ? readI32(b, data) : 0
      answers.push({ name: owner.name, type, ttl: readI32(b, owner.next + 4), address, target })
    }
    at = data + length
  }
  return {
    id: readU16(b, 0),
    flags: readU16(b, 2),
    name: q.name,
    type: readU16(b, q.next),
    cls: readU16(b, q.next + 2),
    answers,
    edns,
    size: b.length,
  }
}

/** The bytes of a message under another id. */
export function withId(b: Uint8Array, id: number): Uint8Array {
  return joinBytes(u16s(id), b.subarray(2))
}
