// tr(1) of coreutils: sets with ranges, classes, [=c=], [c*n], escapes; -d -s -c -C -t. Characters are bytes.

import { classMembers } from '../../lib/regex/charclass.ts'
import type { MainResult, Sys, Wait } from '../../uapi/program.ts'
import { latin1 } from '../lib/bytes.ts'
import { bytesOf } from './bytestring.ts'
import { readChunk } from './input.ts'
import { complain, parseOptions } from './options.ts'
import { Output } from './output.ts'

const ESCAPES: Readonly<Record<string, string>> = Object.freeze({
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
})

interface Char {
  readonly c: string
  /** Not escaped: it can be syntax. */
  readonly raw: boolean
}

interface Expanded {
  readonly chars: readonly string[]
  /** Where [:lower:] and [:upper:] begin. */
  readonly cases: readonly number[]
  /** Has a class other than lower and upper, or [=c=]. */
  readonly classes: boolean
  /** Where [c*] was, with its character; -1 without one. */
  readonly fill: number
  readonly filler: string
}

function readEscapes(text: string, warn: (text: string) => void): Char[] {
  const out: Char[] = []
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      out.push({ c: text[i]!, raw: true })
      continue
    }
    const octal = /^(?:[0-3][0-7]{0,2}|[4-7][0-7]?)/.exec(text.slice(i + 1))?.[0]
    const next = text[i + 1]
    if (octal !== undefined) {
      const three = /^[4-7][0-7]{2}/.exec(text.slice(i + 1))?.[0]
      if (three !== undefined) {
        warn(
          `warning: the ambiguous octal escape \\${three} is being\n\tinterpreted as the 2-byte sequence \\0${octal}, ${three[2]}`,
        )
      }
      out.push({ c: String.fromCharCode(Number.parseInt(octal, 8)), raw: false })
      i += octal.length
    } else if (next === undefined) {
      warn('warning: an unescaped backslash at end of string is not portable')
      out.push({ c: '\\', raw: true })
    } else {
      out.push({ c: ESCAPES[next] ?? next, raw: false })
      i++
    }
  }
  return out
}

/** A set's characters in order, or what is wrong with it. `second` allows [c*n]. */
function expand(text: string, second: boolean, warn: (text: string) => void): Expanded | string {
  const chars = readEscapes(text, warn)
  const raw = chars.map((x) => (x.raw ? x.c : '\xff')).join('')
  const out: string[] = []
  const cases: number[] = []
  let classes = false
  let fill = -1
  let filler = ''
  for (let i = 0; i < chars.length; i++) {
    const rest = raw.slice(i)
    const cls = /^\[:(.*?):\]/s.exec(rest)
    const same = /^\[=(.)=\]/s.exec(rest)
    const repeat = /^\[.\*(\d*)\]/s.exec(rest)
    if (cls !== null) {
      const members = classMembers(cls[1]!)
      if (members === null) return `invalid character class '${cls[1]}'`
      if (/^(upper|lower)$/.test(cls[1]!)) cases.push(out.length)
      else classes = true
      out.push(...members)
      i += cls[0].length - 1
    } else if (same !== null) {
      classes = true
      out.push(chars[i + 2]!.c)
      i += 4
    } else if (repeat !== null) {
      const n = repeat[1] === '' ? 0 : Number.parseInt(repeat[1]!, repeat[1]!.startsWith('0') ? 8 : 10)
      if (n === 0 && !second) return 'the [c*] repeat construct may not appear in string1'
      if (n === 0 && fill >= 0) return 'only one [c*] repeat construct may appear in string2'
      if (n === 0) {
        fill = out.length
        filler = chars[i + 1]!.c
      } else for (let k = 0; k < n; k++) out.push(chars[i + 1]!.c)
      i += repeat[0].length - 1
    } else if (raw[i + 1] === '-' && i + 2 < chars.length) {
      const low = chars[i]!.c
      const high = chars[i + 2]!.c
      if (high < low) return `range-endpoints of '${low}-${high}' are in reverse collating sequence order`
      for (let k = low.charCodeAt(0); k <= high.charCodeAt(0); k++) out.push(String.fromCharCode(k))
      i += 2
    } else out.push(chars[i]!.c)
  }
  return { chars: out, cases, classes, fill, filler }
}

interface Plan {
  /** What each byte becomes; null when it is deleted. */
  readonly map: readonly (string | null)[]
  readonly squeeze: ReadonlySet<string>
}

export function tr(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['tr', ...argv.slice(1)], '+cCdst', [
    { name: 'complement', arg: 'none', opt: 'c' },
    { name: 'delete', arg: 'none', opt: 'd' },
    { name: 'squeeze-repeats', arg: 'none', opt: 's' },
    { name: 'truncate-set1', arg: 'none', opt: 't' },
  ])
  if (typeof p === 'number') return p
  const has = (o: string): boolean => p.items.some((i) => i.opt === o)
  const [del, squeeze] = [has('d'), has('s')]
  const try_ = "Try 'tr --help' for more information."
  const [a, b] = p.rest
  if (a === undefined) return complain(sys, 'tr', `missing operand\n${try_}`)
  const wanted = del === squeeze ? 2 : 1
  if (p.rest.length < wanted) {
    const why = del
      ? 'Two strings must be given when both deleting and squeezing repeats.'
      : 'Two strings must be given when translating.'
    return complain(sys, 'tr', `missing operand after '${a}'\n${why}\n${try_}`)
  }
  const most = del && !squeeze ? 1 : 2
  if (p.rest.length > most) {
    const why = p.rest.length === 2 ? 'Only one string may be given when deleting without squeezing repeats.\n' : ''
    return complain(sys, 'tr', `extra operand '${p.rest[most]}'\n${why}${try_}`)
  }
  const warn = (text: string): void => void sys.write(2, `tr: ${text}\n`)
  const one = expand(bytesOf(a), false, warn)
  if (typeof one === 'string') return complain(sys, 'tr', one)
  const two = b === undefined ? null : expand(bytesOf(b), true, warn)
  if (typeof two === 'string') return complain(sys, 'tr', two)
  const plan = makePlan(one, two, { del, squeeze, complement: has('c') || has('C'), truncate: has('t') })
  return typeof plan === 'string' ? complain(sys, 'tr', plan) : run(sys, plan)
}

interface Modes {
  readonly del: boolean
  readonly squeeze: boolean
  readonly complement: boolean
  readonly truncate: boolean
}

function makePlan(one: Expanded, two: Expanded | null, o: Modes): Plan | string {
  const given = new Set(one.chars)
  const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i))
  const first = o.complement ? all.filter((c) => !given.has(c)) : one.chars
  const map: (string | null)[] = [...all]
  if (o.del) for (const c of first) map[c.charCodeAt(0)] = null
  else if (two !== null) {
    const wrong = translate(map, first, one, two, o)
    if (wrong !== null) return wrong
  }
  const squeezed = !o.squeeze ? [] : two === null ? first : two.fill >= 0 ? [...two.chars, two.filler] : two.chars
  return { map, squeeze: new Set(squeezed) }
}

/** Fill in where the first set's characters go; the text of an error. */
function translate(
  map: (string | null)[],
  first: readonly string[],
  one: Expanded,
  two: Expanded,
  o: Modes,
): string | null {
  let to = [...two.chars]
  if (two.fill >= 0)
    to.splice(two.fill, 0, ...new Array<string>(Math.max(0, first.length - to.length)).fill(two.filler))
  if (two.classes)
    return "when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'"
  if (two.cases.some((at) => o.complement || !one.cases.includes(at)))
    return 'misaligned [:upper:] and/or [:lower:] construct'
  let from = first
  if (o.truncate) from = first.slice(0, to.length)
  else if (to.length === 0 && first.length > 0) return 'when not truncating set1, string2 must be non-empty'
  if (o.complement && one.classes && new Set(to).size > 1) {
    return 'when translating with complemented character classes,\nstring2 must map all characters in the domain to one'
  }
  to = to.slice(0, from.length)
  for (const [i, c] of from.entries()) map[c.charCodeAt(0)] = to[Math.min(i, to.length - 1)] ?? c
  return null
}

function* run(sys: Sys, plan: Plan): Generator<Wait, number, void> {
  const out = new Output(sys)
  const map = Int16Array.from(plan.map, (c) => (c === null ? -1 : c.charCodeAt(0)))
  const squeezed = Uint8Array.from({ length: 256 }, (_, i) => (plan.squeeze.has(String.fromCharCode(i)) ? 1 : 0))
  let last = -1
  for (;;) {
    const chunk = yield* readChunk(sys, 0)
    if (chunk === null) break
    const to = new Uint8Array(chunk.length)
    let n = 0
    for (let i = 0; i < chunk.length; i++) {
      const mapped = map[chunk[i]!]!
      if (mapped < 0 || (mapped === last && squeezed[mapped] === 1)) continue
      to[n++] = mapped
      last = mapped
    }
    out.add(latin1(to.subarray(0, n)))
    if (out.due) yield* out.flush()
    if (out.failed !== null) return 1
  }
  yield* out.flush()
  return 0
}
