// A mark under a mask, as -m mark and -m connmark read and write it (xtables_print_mark_mask).
import type { MatchConnmark, MatchMark } from '../../../uapi/xt.ts'
import type { OptionCall } from '../extension.ts'
import type { Mutable } from './draft.ts'

export function setMark(info: Mutable<MatchMark> | Mutable<MatchConnmark>, { value, invert }: OptionCall): void {
  if (value.type !== 'masked') return
  info.value = value.value
  info.mask = value.mask
  info.invert = invert
}

export function markText({ value, mask }: { readonly value: number; readonly mask: number }): string {
  const hex = `0x${value.toString(16)}`
  return mask === 0xffffffff ? hex : `${hex}/0x${mask.toString(16)}`
}
