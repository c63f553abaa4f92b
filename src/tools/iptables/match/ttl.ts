// -m ttl (extensions/libipt_ttl.c).
import { unreachable } from '../../../lib/never.ts'
import type { MatchTtl } from '../../../uapi/xt.ts'
import type { Extension, FinalCall, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable } from './draft.ts'

const HELP = `ttl match options:
[!] --ttl-eq value	Match time to live value
  --ttl-lt value	Match TTL < value
  --ttl-gt value	Match TTL > value
`

function set(info: Mutable<MatchTtl>, { entry, value, invert }: OptionCall): void {
  if (value.type !== 'number') return
  info.ttl = value.value
  info.mode = entry.name === 'ttl-lt' ? 'lt' : entry.name === 'ttl-gt' ? 'gt' : invert ? 'ne' : 'eq'
}

function check(_: MatchTtl, call: FinalCall): void {
  if (call.seen.size === 0) call.problem("TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt")
}

/** As -L and as iptables-save write it. */
function words(mode: MatchTtl['mode']): readonly [string, string] {
  switch (mode) {
    case 'eq':
      return ['==', '--ttl-eq']
    case 'ne':
      return ['!=', '! --ttl-eq']
    case 'lt':
      return ['<', '--ttl-lt']
    case 'gt':
      return ['>', '--ttl-gt']
    default:
      return unreachable(mode)
  }
}

const NOTHING: MatchTtl = Object.freeze({ name: 'ttl', mode: 'eq', ttl: 0 })

export const ttlExtension: Extension<MatchTtl> = Object.freeze({
  name: 'ttl',
  options: Object.freeze([
    { name: 'ttl-lt', type: 'uint8', excl: ['ttl-gt', 'ttl-eq'] },
    { name: 'ttl-gt', type: 'uint8', excl: ['ttl-lt', 'ttl-eq'] },
    { name: 'ttl-eq', type: 'uint8', invert: true, excl: ['ttl-lt', 'ttl-gt'] },
    { name: 'ttl', id: 'ttl-eq', type: 'uint8', excl: ['ttl-lt', 'ttl-gt'] },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchTtl>(NOTHING, set, check),
  print: ({ mode, ttl }) => `TTL match TTL ${words(mode)[0]} ${ttl}`,
  save: ({ mode, ttl }) => `${words(mode)[1]} ${ttl}`,
} satisfies Extension<MatchTtl>)
