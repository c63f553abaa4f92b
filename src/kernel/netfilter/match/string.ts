// -m string: bytes that occur in the packet, its IP header included (net/netfilter/xt_string.c, lib/ts_bm.c, ts_kmp.c).
// Read first: wire/codec.ts. Both algorithms find the same; fsm, whose pattern is a program, is refused as a pattern that is none.
import type { MatchString } from '../../../uapi/xt.ts'
import { encodeNet } from '../../../wire/codec.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import type { MatchFn, MatchOps, XtCheck } from '../xt.ts'

/** XT_STRING_MAX_PATTERN_SIZE */
const LONGEST = 128
const ALGORITHMS: ReadonlySet<string> = new Set(['bm', 'kmp', 'fsm'])

function check(check: XtCheck, m: MatchString): void {
  if (m.from > m.to) check.tx.refuse('EINVAL')
  if (m.pattern.length > LONGEST) check.tx.refuse('EINVAL')
  if (!ALGORITHMS.has(m.algo)) check.tx.refuse('ENOENT')
  if (m.pattern.length === 0 || m.algo === 'fsm') check.tx.refuse('EINVAL')
}

function lower(c: number): number {
  return c >= 0x41 && c <= 0x5a ? c | 0x20 : c
}

/** By byte, what it is compared as. */
const EXACT = Uint8Array.from({ length: 256 }, (_, c) => c)
const FOLDED = EXACT.map(lower)

/** The packet's bytes, as long as its header says. */
function bytesOf(skb: SkBuff): Uint8Array {
  return encodeNet(skb)
}

/** Whether the whole of it lies between the offsets `from` and `to` (skb_find_text). */
function find(text: Uint8Array, m: MatchString, pattern: Uint8Array, fold: Uint8Array): boolean {
  const last = Math.min(text.length, m.to) - pattern.length
  for (let at = m.from; at <= last; at++) {
    let i = 0
    while (i < pattern.length && fold[text[at + i]!] === pattern[i]) i++
    if (i === pattern.length) return true
  }
  return false
}

function compile(m: MatchString): MatchFn {
  const fold = m.ignoreCase ? FOLDED : EXACT
  const pattern = m.pattern.map((c) => fold[c]!)
  return (par) => find(bytesOf(par.skb), m, pattern, fold) !== m.invert
}

export const stringMatch: MatchOps<MatchString> = { name: 'string', check, compile }
