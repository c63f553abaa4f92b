// -j DSCP (extensions/libxt_DSCP.c, dscp_helper.c).
import type { TargetDscp } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, FinalCall, OptionCall } from '../extension.ts'
import { hexByte } from './hex.ts'

const HELP = `DSCP target options
  --set-dscp value		Set DSCP field in packet header to value
  		                This value can be in decimal (ex: 32)
               		or in hex (ex: 0x20)
  --set-dscp-class class	Set the DSCP field in packet header to the
				value represented by the DiffServ class value.
				This class may be EF,BE or any of the CSxx
				or AFxx classes.

				These two options are mutually exclusive !
`

/** In this order: the first that the text begins with counts. */
const CLASSES: readonly (readonly [string, number])[] = Object.freeze([
  ['CS0', 0x00],
  ['CS1', 0x08],
  ['CS2', 0x10],
  ['CS3', 0x18],
  ['CS4', 0x20],
  ['CS5', 0x28],
  ['CS6', 0x30],
  ['CS7', 0x38],
  ['BE', 0x00],
  ['AF11', 0x0a],
  ['AF12', 0x0c],
  ['AF13', 0x0e],
  ['AF21', 0x12],
  ['AF22', 0x14],
  ['AF23', 0x16],
  ['AF31', 0x1a],
  ['AF32', 0x1c],
  ['AF33', 0x1e],
  ['AF41', 0x22],
  ['AF42', 0x24],
  ['AF43', 0x26],
  ['EF', 0x2e],
] as const)

function classToDscp(call: OptionCall): number {
  const text = call.arg.toUpperCase()
  const found = CLASSES.find(([name]) => text.startsWith(name))
  return found === undefined ? call.problem(`Invalid DSCP value \`${call.arg}'`) : found[1]
}

class DscpDraft implements Draft<TargetDscp> {
  private dscp = 0

  parse(call: OptionCall): void {
    this.dscp = call.value.type === 'number' ? call.value.value : classToDscp(call)
  }

  finish(call: FinalCall): TargetDscp {
    if (call.seen.size === 0) call.problem('DSCP target: Parameter --set-dscp is required')
    return { name: 'DSCP', dscp: this.dscp }
  }
}

export const dscpTargetExtension: Extension<TargetDscp> = Object.freeze({
  name: 'DSCP',
  options: Object.freeze([
    { name: 'set-dscp', type: 'uint8', excl: Object.freeze(['set-dscp-class']), min: 0, max: 63 },
    { name: 'set-dscp-class', type: 'string', excl: Object.freeze(['set-dscp']) },
  ] as const),
  help: HELP,
  begin: () => new DscpDraft(),
  print: ({ dscp }) => `DSCP set ${hexByte(dscp)}`,
  save: ({ dscp }) => `--set-dscp ${hexByte(dscp)}`,
} satisfies Extension<TargetDscp>)
