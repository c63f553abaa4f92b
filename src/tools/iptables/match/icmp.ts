// -m icmp (extensions/libxt_icmp.c). Read first: icmp_types.ts.
import type { MatchIcmp } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable, not } from './draft.ts'
import { icmpTypeList, icmpTypeName, parseIcmpType } from './icmp_types.ts'

const HELP = `icmp match options:
[!] --icmp-type typename	match icmp type
[!] --icmp-type type[/code]	(or numeric type or type/code)
${icmpTypeList()}`

const ANY = 255

function set(info: Mutable<MatchIcmp>, call: OptionCall): void {
  const { type, min, max } = parseIcmpType(call)
  info.type = type
  info.codeMin = min
  info.codeMax = max
  info.invert = call.invert
}

/** print_icmptype: no blank between "icmp" and "type". */
function typeText(m: MatchIcmp, numeric: boolean): string {
  const name = numeric ? null : icmpTypeName(m.type, m.codeMin, m.codeMax)
  if (name !== null) return ` ${m.invert ? '!' : ''}${name}`
  const text = `${m.invert ? ' !' : ''}type ${m.type}`
  if (m.codeMin === m.codeMax) return `${text} code ${m.codeMin}`
  return m.codeMin === 0 && m.codeMax === 255 ? text : `${text} codes ${m.codeMin}-${m.codeMax}`
}

function saved(m: MatchIcmp): string {
  if (m.type === ANY) return 'any'
  return m.codeMin === 0 && m.codeMax === 255 ? `${m.type}` : `${m.type}/${m.codeMin}`
}

const NOTHING: MatchIcmp = Object.freeze({ name: 'icmp', type: ANY, codeMin: 0, codeMax: 255, invert: false })

export const icmpExtension: Extension<MatchIcmp> = Object.freeze({
  name: 'icmp',
  options: Object.freeze([{ name: 'icmp-type', type: 'string', mand: true, invert: true }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchIcmp>(NOTHING, set),
  print: (info, { numeric }) => `icmp${typeText(info, numeric)}`,
  save: (info) => `${not(info.invert)}--icmp-type ${saved(info)}`,
} satisfies Extension<MatchIcmp>)
