// -j CONNMARK (extensions/libxt_CONNMARK.c, revision 2).
import type { TargetConnmark } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, FinalCall, OptionCall } from '../extension.ts'
import { hex } from './hex.ts'
import { printedMark } from './MARK.ts'
import { maskedOption } from './masked.ts'

const HELP = `CONNMARK target options:
  --set-xmark value[/ctmask]    Zero mask bits and XOR ctmark with value
  --save-mark [--ctmask mask] [--nfmask mask]
                                Copy ctmark to nfmark using masks
  --restore-mark [--ctmask mask] [--nfmask mask]
                                Copy nfmark to ctmark using masks
  --set-mark value[/mask]       Set conntrack mark value
  --save-mark [--mask mask]     Save the packet nfmark in the connection
  --restore-mark [--mask mask]  Restore saved nfmark value
  --and-mark value              Binary AND the ctmark with bits
  --or-mark value               Binary OR  the ctmark with bits
  --xor-mark value              Binary XOR the ctmark with bits
  --left-shift-mark value       Left shift the ctmark with bits
  --right-shift-mark value      Right shift the ctmark with bits
`

const ALL = 0xffffffff
const OPERATIONS = Object.freeze([
  'set-xmark',
  'set-mark',
  'and-mark',
  'or-mark',
  'xor-mark',
  'save-mark',
  'restore-mark',
])

class ConnmarkDraft implements Draft<TargetConnmark> {
  private mode: TargetConnmark['mode'] = 'set'
  private ctmark = 0
  private ctmask = ALL
  private nfmask = ALL
  private shift: TargetConnmark['shift'] = 'left'
  private shiftBits = 0

  parse(call: OptionCall): void {
    const n = call.value.type === 'number' ? call.value.value : 0
    switch (call.entry.name) {
      case 'save-mark':
        this.mode = 'save'
        break
      case 'restore-mark':
        this.mode = 'restore'
        break
      case 'ctmask':
        this.ctmask = n
        break
      case 'nfmask':
        this.nfmask = n
        break
      case 'mask':
        this.nfmask = this.ctmask = n
        break
      case 'left-shift-mark':
      case 'right-shift-mark':
        this.shift = call.entry.name === 'left-shift-mark' ? 'left' : 'right'
        this.shiftBits = n
        break
      default: {
        const { value, mask } = maskedOption(call)
        this.mode = 'set'
        this.ctmark = value
        this.ctmask = mask
      }
    }
  }

  finish(call: FinalCall): TargetConnmark {
    if (!OPERATIONS.some((o) => call.seen.has(o))) call.problem('CONNMARK target: No operation specified')
    const { mode, ctmark, ctmask, nfmask, shift, shiftBits } = this
    return { name: 'CONNMARK', mode, ctmark, ctmask, nfmask, shift, shiftBits }
  }
}

function printed({ mode, ctmark, ctmask, nfmask }: TargetConnmark): string {
  if (mode === 'set') return printedMark(ctmark, ctmask)
  if (nfmask === ALL && ctmask === ALL) return mode
  if (nfmask === ctmask) return `${mode} mask ${hex(nfmask)}`
  return mode === 'save'
    ? `save nfmask ${hex(nfmask)} ctmask ~${hex(ctmask)}`
    : `restore ctmask ${hex(ctmask)} nfmask ~${hex(nfmask)}`
}

function shiftText({ shift, shiftBits }: TargetConnmark, dashes: string): string {
  return shiftBits === 0 ? '' : ` ${dashes}${shift}-shift-mark ${shiftBits}`
}

export const connmarkTargetExtension: Extension<TargetConnmark> = Object.freeze({
  name: 'CONNMARK',
  options: Object.freeze([
    { name: 'set-xmark', type: 'markmask32', excl: OPERATIONS },
    { name: 'set-mark', type: 'markmask32', excl: OPERATIONS },
    { name: 'and-mark', type: 'uint32', excl: OPERATIONS },
    { name: 'or-mark', type: 'uint32', excl: OPERATIONS },
    { name: 'xor-mark', type: 'uint32', excl: OPERATIONS },
    { name: 'save-mark', type: 'none', excl: OPERATIONS },
    { name: 'restore-mark', type: 'none', excl: OPERATIONS },
    { name: 'left-shift-mark', type: 'uint8', min: 0, max: 32 },
    { name: 'right-shift-mark', type: 'uint8', min: 0, max: 32 },
    { name: 'ctmask', type: 'uint32', excl: Object.freeze(['mask']) },
    { name: 'nfmask', type: 'uint32', excl: Object.freeze(['mask']) },
    { name: 'mask', type: 'uint32', excl: Object.freeze(['ctmask', 'nfmask']) },
  ] as const),
  help: HELP,
  begin: () => new ConnmarkDraft(),
  print: (info) => `CONNMARK ${printed(info)}${shiftText(info, '')}`,
  save(info) {
    const masks = `--nfmask ${hex(info.nfmask)} --ctmask ${hex(info.ctmask)}`
    const text =
      info.mode === 'set' ? `--set-xmark ${hex(info.ctmark)}/${hex(info.ctmask)}` : `--${info.mode}-mark ${masks}`
    return text + shiftText(info, '--')
  },
} satisfies Extension<TargetConnmark>)
