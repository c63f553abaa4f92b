// -m string (extensions/libxt_string.c).
import type { MatchString } from '../../../uapi/xt.ts'
import { latin1, utf8 } from '../../lib/bytes.ts'
import type { Extension, FinalCall, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable } from './draft.ts'

const HELP = `string match options:
--from                       Offset to start searching from
--to                         Offset to stop searching
--algo                       Algorithm
--icase                      Ignore case (default: 0)
[!] --string string          Match a string in a packet
[!] --hex-string string      Match a hex string in a packet
`

/** XT_STRING_MAX_PATTERN_SIZE, XT_STRING_MAX_ALGO_NAME_SIZE */
const LONGEST = 128
const ALGO_LEN = 16
const TO_MAX = 0xffff
const BACKSLASH = 92

function set(info: Mutable<MatchString>, call: OptionCall): void {
  const { value } = call
  switch (call.entry.name) {
    case 'from':
      if (value.type === 'number') info.from = value.value
      break
    case 'to':
      if (value.type === 'number') info.to = value.value
      break
    case 'algo':
      info.algo = call.arg.slice(0, ALGO_LEN - 1)
      break
    case 'icase':
      info.ignoreCase = true
      break
    default:
      info.pattern = call.entry.name === 'string' ? plain(call) : hexString(call)
      if (call.invert) info.invert = true
  }
}

function plain(call: OptionCall): Uint8Array {
  const bytes = utf8(call.arg)
  return bytes.length > LONGEST ? call.problem(`STRING too long "${call.arg}"`) : bytes
}

/** parse_hex_string: |hex bytes| between plain text, "\" before a plain character. */
function hexString(call: OptionCall): Uint8Array {
  const s = latin1(utf8(call.arg))
  if (s.length === 0) call.problem('STRING must contain at least one char')
  const out: number[] = []
  let hex = false
  for (let i = 0; i < s.length; ) {
    if (out.length >= LONGEST) call.problem(`STRING too long "${call.arg}"`)
    if (s[i] === '\\') {
      if (hex) call.problem('Cannot include literals in hex data')
      if (i + 1 >= s.length) call.problem('Bad literal placement at end of string')
      out.push(s.charCodeAt(i + 1))
      i += 2
      continue
    }
    if (s[i] === '|') {
      hex = !hex
      if (hex) while (s[i + 1] === ' ') i++
      if (i + 1 >= s.length) break
      i++
    }
    if (hex) {
      out.push(hexByte(s, i, call))
      i += s[i + 2] === ' ' ? 3 : 2
    } else out.push(s.charCodeAt(i++))
  }
  return Uint8Array.from(out)
}

function hexByte(s: string, i: number, call: OptionCall): number {
  if (i + 1 >= s.length) call.problem('Odd number of hex digits')
  if (i + 2 >= s.length) call.problem('Invalid hex block')
  for (const c of [s[i]!, s[i + 1]!]) if (!/[0-9a-fA-F]/.test(c)) call.problem(`Invalid hex char '${c}'`)
  return Number.parseInt(s.slice(i, i + 2), 16)
}

function check(_info: MatchString, call: FinalCall): void {
  if (!call.seen.has('string') && !call.seen.has('hex-string'))
    call.problem("STRING match: You must specify `--string' or `--hex-string'")
}

/** is_hex_string: something in it cannot be printed, or it ends in a backslash. */
function needsHex(p: Uint8Array): boolean {
  return p[p.length - 1] === BACKSLASH || p.some((c) => c < 0x20 || c > 0x7e)
}

function patternText(p: Uint8Array): string {
  if (needsHex(p)) return `"|${[...p].map((c) => c.toString(16).padStart(2, '0')).join('')}|"`
  return `"${latin1(p).replace(/["\\]/g, '\\$&')}"`
}

const NOTHING: MatchString = Object.freeze({
  name: 'string',
  from: 0,
  to: TO_MAX,
  algo: '',
  pattern: new Uint8Array(0),
  invert: false,
  ignoreCase: false,
})

export const stringExtension: Extension<MatchString> = Object.freeze({
  name: 'string',
  options: Object.freeze([
    { name: 'from', type: 'uint16' },
    { name: 'to', type: 'uint16' },
    { name: 'algo', type: 'string', mand: true },
    { name: 'string', type: 'string', invert: true, excl: ['hex-string'] },
    { name: 'hex-string', type: 'string', invert: true, excl: ['string'] },
    { name: 'icase', type: 'none' },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchString>(NOTHING, set, check),
  print: (m) => {
    let text = `STRING match ${m.invert ? '!' : ''} ${patternText(m.pattern)} ALGO name ${m.algo}`
    if (m.from !== 0) text += ` FROM ${m.from}`
    if (m.to !== TO_MAX) text += ` TO ${m.to}`
    return m.ignoreCase ? `${text} ICASE` : text
  },
  save: (m) => {
    const option = needsHex(m.pattern) ? 'hex-string' : 'string'
    let text = `${m.invert ? '! ' : ''}--${option} ${patternText(m.pattern)} --algo ${m.algo}`
    if (m.from !== 0) text += ` --from ${m.from}`
    if (m.to !== TO_MAX) text += ` --to ${m.to}`
    return m.ignoreCase ? `${text} --icase` : text
  },
} satisfies Extension<MatchString>)
