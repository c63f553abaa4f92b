// -j MARK (extensions/libxt_MARK.c, revision 2).
import type { TargetMark } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, FinalCall, OptionCall } from '../extension.ts'
import { hex } from './hex.ts'
import { maskedOption } from './masked.ts'

const HELP = `MARK target options:
  --set-xmark value[/mask]  Clear bits in mask and XOR value into nfmark
  --set-mark value[/mask]   Clear bits in mask and OR value into nfmark
  --and-mark bits           Binary AND the nfmark with bits
  --or-mark bits            Binary OR the nfmark with bits
  --xor-mark bits           Binary XOR the nfmark with bits
`

const ANY = Object.freeze(['set-xmark', 'set-mark', 'and-mark', 'or-mark', 'xor-mark'])

class MarkDraft implements Draft<TargetMark> {
  private value = 0
  private mask = 0

  parse(call: OptionCall): void {
    const { value, mask } = maskedOption(call)
    this.value = value
    this.mask = mask
  }

  finish(call: FinalCall): TargetMark {
    if (call.seen.size === 0) call.problem('MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required')
    return { name: 'MARK', value: this.value, mask: this.mask }
  }
}

/** What set, and, or, xor made of value and mask; shared with CONNMARK. */
export function printedMark(value: number, mask: number): string {
  if (value === 0) return `and ${hex(~mask)}`
  if (value === mask) return `or ${hex(value)}`
  if (mask === 0) return `xor ${hex(value)}`
  if (mask === 0xffffffff) return `set ${hex(value)}`
  return `xset ${hex(value)}/${hex(mask)}`
}

export const markTargetExtension: Extension<TargetMark> = Object.freeze({
  name: 'MARK',
  options: Object.freeze([
    { name: 'set-xmark', type: 'markmask32', excl: ANY },
    { name: 'set-mark', type: 'markmask32', excl: ANY },
    { name: 'and-mark', type: 'uint32', excl: ANY },
    { name: 'or-mark', type: 'uint32', excl: ANY },
    { name: 'xor-mark', type: 'uint32', excl: ANY },
  ] as const),
  help: HELP,
  begin: () => new MarkDraft(),
  print: ({ value, mask }) => `MARK ${printedMark(value, mask)}`,
  save: ({ value, mask }) => `--set-xmark ${hex(value)}/${hex(mask)}`,
} satisfies Extension<TargetMark>)
