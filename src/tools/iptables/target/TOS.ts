// -j TOS (extensions/libxt_TOS.c, revision 1; tos_values.c).
import type { TargetTos } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, FinalCall, OptionCall } from '../extension.ts'
import { hexByte } from './hex.ts'
import { maskedOption } from './masked.ts'

/** XTABLES_VERSION of Debian's build is the library's name. */
const HELP = `TOS target vlibxtables.so.12 options:
  --set-tos value[/mask]  Set Type of Service/Priority field to value
                          (Zero out bits in mask and XOR value into TOS)
  --set-tos symbol        Set TOS field (IPv4 only) by symbol
                          (this zeroes the 4-bit Precedence part!)
                          Accepted symbolic names for value are:
                            (0x10) 16 Minimize-Delay
                            (0x08)  8 Maximize-Throughput
                            (0x04)  4 Maximize-Reliability
                            (0x02)  2 Minimize-Cost
                            (0x00)  0 Normal-Service

  --and-tos bits          Binary AND the TOS value with bits
  --or-tos  bits          Binary OR the TOS value with bits
  --xor-tos bits          Binary XOR the TOS value with bits
`

/** The mask that goes with a symbolic name. */
const SYMBOL_MASK = 0x3f
const SYMBOLS: Readonly<Record<number, string>> = Object.freeze({
  16: 'Minimize-Delay',
  8: 'Maximize-Throughput',
  4: 'Maximize-Reliability',
  2: 'Minimize-Cost',
  0: 'Normal-Service',
})

const ANY = Object.freeze(['set-tos', 'and-tos', 'or-tos', 'xor-tos'])

class TosDraft implements Draft<TargetTos> {
  private value = 0
  private mask = 0

  parse(call: OptionCall): void {
    const { value, mask } = maskedOption(call, 8)
    this.value = value
    this.mask = mask
  }

  finish(call: FinalCall): TargetTos {
    if (call.seen.size === 0) call.problem('TOS: An action is required')
    return { name: 'TOS', value: this.value, mask: this.mask }
  }
}

function print({ value, mask }: TargetTos, numeric: boolean): string {
  const symbol = mask === SYMBOL_MASK ? SYMBOLS[value] : undefined
  // the missing blank is the real one's
  if (!numeric && symbol !== undefined) return ` TOS set${symbol}`
  if (numeric) return `TOS set ${hexByte(value)}/${hexByte(mask)}`
  if (value === 0) return `TOS and ${hexByte(~mask)}`
  if (value === mask) return `TOS or ${hexByte(value)}`
  if (mask === 0) return `TOS xor ${hexByte(value)}`
  return `TOS set ${hexByte(value)}/${hexByte(mask)}`
}

export const tosTargetExtension: Extension<TargetTos> = Object.freeze({
  name: 'TOS',
  options: Object.freeze([
    { name: 'set-tos', type: 'tosmask', excl: ANY, max: SYMBOL_MASK },
    { name: 'and-tos', type: 'uint8', excl: ANY },
    { name: 'or-tos', type: 'uint8', excl: ANY },
    { name: 'xor-tos', type: 'uint8', excl: ANY },
  ] as const),
  help: HELP,
  begin: () => new TosDraft(),
  print: (info, { numeric }) => print(info, numeric),
  save: ({ value, mask }) => `--set-tos ${hexByte(value)}/${hexByte(mask)}`,
} satisfies Extension<TargetTos>)
