// -m dscp (extensions/libxt_dscp.c). Read first: dscp_classes.ts.
import type { MatchDscp } from '../../../uapi/xt.ts'
import type { Extension, FinalCall, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable, not } from './draft.ts'
import { parseDscpClass } from './dscp_classes.ts'

const HELP = `dscp match options
[!] --dscp value		Match DSCP codepoint with numerical value
  		                This value can be in decimal (ex: 32)
               		or in hex (ex: 0x20)
[!] --dscp-class name		Match the DiffServ class. This value may
				be any of the BE,EF, AFxx or CSx classes

				These two options are mutually exclusive !
`

function set(info: Mutable<MatchDscp>, call: OptionCall): void {
  info.dscp = call.value.type === 'number' ? call.value.value : parseDscpClass(call)
  info.invert ||= call.invert
}

function check(_: MatchDscp, call: FinalCall): void {
  if (call.seen.size === 0) call.problem('DSCP match: Parameter --dscp is required')
}

const hex = (dscp: number): string => `0x${dscp.toString(16).padStart(2, '0')}`

const NOTHING: MatchDscp = Object.freeze({ name: 'dscp', dscp: 0, invert: false })

export const dscpExtension: Extension<MatchDscp> = Object.freeze({
  name: 'dscp',
  options: Object.freeze([
    { name: 'dscp', type: 'uint8', invert: true, min: 0, max: 0x3f, excl: ['dscp-class'] },
    { name: 'dscp-class', type: 'string', invert: true, excl: ['dscp'] },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchDscp>(NOTHING, set, check),
  print: ({ dscp, invert }) => `DSCP match ${invert ? '!' : ''}${hex(dscp)}`,
  save: ({ dscp, invert }) => `${not(invert)}--dscp ${hex(dscp)}`,
} satisfies Extension<MatchDscp>)
