// -j TTL (extensions/libipt_TTL.c).
import type { TargetTtl } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, FinalCall, OptionCall } from '../extension.ts'

const HELP = `TTL target options
  --ttl-set value		Set TTL to <value 0-255>
  --ttl-dec value		Decrement TTL by <value 1-255>
  --ttl-inc value		Increment TTL by <value 1-255>
`

const MODES = Object.freeze({ 'ttl-set': 'set', 'ttl-dec': 'dec', 'ttl-inc': 'inc' } as const)
const ANY = Object.freeze(['ttl-set', 'ttl-dec', 'ttl-inc'])
const WORDS = Object.freeze({ set: 'set to', dec: 'decrement by', inc: 'increment by' } as const)

class TtlDraft implements Draft<TargetTtl> {
  private mode: TargetTtl['mode'] = 'set'
  private ttl = 0

  parse(call: OptionCall): void {
    this.mode = MODES[call.entry.name as keyof typeof MODES]
    this.ttl = call.value.type === 'number' ? call.value.value : 0
  }

  finish(call: FinalCall): TargetTtl {
    if (call.seen.size === 0) call.problem('TTL: You must specify an action')
    return { name: 'TTL', mode: this.mode, ttl: this.ttl }
  }
}

export const ttlTargetExtension: Extension<TargetTtl> = Object.freeze({
  name: 'TTL',
  options: Object.freeze([
    { name: 'ttl-set', type: 'uint8', excl: ANY },
    { name: 'ttl-dec', type: 'uint8', excl: ANY, min: 1 },
    { name: 'ttl-inc', type: 'uint8', excl: ANY, min: 1 },
  ] as const),
  help: HELP,
  begin: () => new TtlDraft(),
  print: ({ mode, ttl }) => `TTL ${WORDS[mode]} ${ttl}`,
  save: ({ mode, ttl }) => `--ttl-${mode} ${ttl}`,
} satisfies Extension<TargetTtl>)
