// -m u32: 32-bit words of the packet, shifted, masked and compared (net/netfilter/xt_u32.c).
// Read first: uapi/xt.ts, U32Test. A word that is not wholly inside the packet makes the test fail.
import { unreachable } from '../../../lib/never.ts'
import type { MatchU32, U32Test } from '../../../uapi/xt.ts'
import { u32 } from '../../../wire/bytes.ts'
import { encodeNet } from '../../../wire/codec.ts'
import type { MatchFn, MatchOps } from '../xt.ts'

/** The value at a test's location, -1 when it leads out of the packet. */
function valueAt({ location }: U32Test, bytes: Uint8Array): number {
  let at = 0
  let pos = location[0]!.number
  if (bytes.length < 4 || pos > bytes.length - 4) return -1
  let value = u32(bytes, pos)
  for (let i = 1; i < location.length; i++) {
    const { op, number } = location[i]!
    switch (op) {
      case 'and':
        value = (value & number) >>> 0
        break
      case 'lsh':
        value = (value << number) >>> 0
        break
      case 'rsh':
        value >>>= number
        break
      case 'at':
        at += value
        pos = number
        // beyond 2^32 the kernel's sum wraps, which it refuses too
        if (bytes.length < at + 4 || pos > bytes.length - at - 4) return -1
        value = u32(bytes, at + pos)
        break
      default:
        return unreachable(op)
    }
  }
  return value
}

function passes(test: U32Test, bytes: Uint8Array): boolean {
  const value = valueAt(test, bytes)
  if (value < 0) return false
  const { values } = test
  for (let i = 0; i < values.length; i++) if (value >= values[i]!.min && value <= values[i]!.max) return true
  return false
}

function compile({ tests, invert }: MatchU32): MatchFn {
  return (par) => {
    const bytes = encodeNet(par.skb)
    for (let i = 0; i < tests.length; i++) if (!passes(tests[i]!, bytes)) return invert
    return !invert
  }
}

export const u32Match: MatchOps<MatchU32> = { name: 'u32', compile }
