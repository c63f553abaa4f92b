// -m quota (extensions/libxt_quota.c).
import type { MatchQuota } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable } from './draft.ts'

const HELP = `quota match options:
[!] --quota quota		quota (bytes)
`

const U64_MAX = 0xffffffffffffffffn

function set(info: Mutable<MatchQuota>, call: OptionCall): void {
  const { value } = call
  if (value.type === 'bigint') info.quota = Number(value.value)
  if (call.invert) info.invert = true
}

/** Beyond 2^53 bytes the number is rounded; its upper end is that of 64 bits. */
function bytes(quota: number): string {
  const n = BigInt(quota)
  return String(n > U64_MAX ? U64_MAX : n)
}

export const quotaExtension: Extension<MatchQuota> = Object.freeze({
  name: 'quota',
  options: Object.freeze([{ name: 'quota', type: 'uint64', mand: true, invert: true }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchQuota>({ name: 'quota', quota: 0, invert: false }, set),
  print: (m) => `quota: ${bytes(m.quota)} bytes`,
  save: (m) => `${m.invert ? '! ' : ''}--quota ${bytes(m.quota)}`,
} satisfies Extension<MatchQuota>)
