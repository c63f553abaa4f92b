// The options --set-xmark, --set-mark, --and-mark, --or-mark, --xor-mark of MARK and CONNMARK, and TOS's of the same kind:
// all say new = (old & ~mask) ^ value.
import type { OptionCall } from '../extension.ts'

export interface Masked {
  readonly value: number
  readonly mask: number
}

/** `bits`: 32 for marks, 8 for TOS. */
export function maskedOption(call: OptionCall, bits: 8 | 32 = 32): Masked {
  const all = bits === 32 ? 0xffffffff : 0xff
  const v = call.value
  if (v.type === 'masked') {
    // --set-mark and --set-xmark; --set-tos is the latter
    return call.entry.name === 'set-mark'
      ? { value: v.value, mask: (v.value | v.mask) >>> 0 }
      : { value: v.value, mask: v.mask }
  }
  const n = v.type === 'number' ? v.value : 0
  switch (call.entry.name.slice(0, 3)) {
    case 'and':
      return { value: 0, mask: (~n & all) >>> 0 }
    case 'or-':
      return { value: n, mask: n }
    default:
      return { value: n, mask: 0 }
  }
}
