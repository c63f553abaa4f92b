// -m owner (extensions/libxt_owner.c, revision 1). Names of users and groups: /etc/passwd, /etc/group.
import type { MatchOwner, Range } from '../../../uapi/xt.ts'
import type { Extension, FinalCall, OptionCall, PrintedRule } from '../extension.ts'
import { strtoul } from '../number.ts'
import { badValue, DataDraft, joined, type Mutable, not } from './draft.ts'

const HELP = `owner match options:
[!] --uid-owner userid[-userid]      Match local UID
[!] --gid-owner groupid[-groupid]    Match local GID
[!] --socket-exists                  Match if socket exists
    --suppl-groups                   Also match supplementary groups set with --gid-owner
`

/** -1 is none. */
const ID_MAX = 0xfffffffe

/** getpwnam(3), getgrnam(3) */
function idOf(call: OptionCall, path: string): number | null {
  const file = call.sys.readFile(path)
  const line = (file.ok ? file.value : '').split('\n').find((l) => l.startsWith(`${call.arg}:`))
  return line === undefined ? null : Number(line.split(':')[2])
}

/** owner_parse_range: "5", "5-7" or "5:7". */
function parseIds(call: OptionCall, path: string): Range {
  const { arg, invert } = call
  const named = idOf(call, path)
  if (named !== null) return { min: named, max: named, invert }
  const bad = (text: string): never => badValue(call, 'owner', `--${call.entry.name}`, text)
  const first = strtoul(arg)
  if (first === null || first.value > ID_MAX) return bad(arg)
  if (first.rest[0] !== '-' && first.rest[0] !== ':')
    return first.rest === '' ? { min: first.value, max: first.value, invert } : bad(arg)
  const last = strtoul(first.rest.slice(1))
  if (last === null || last.value > ID_MAX || last.rest !== '') return bad(arg)
  return { min: first.value, max: last.value, invert }
}

function set(info: Mutable<MatchOwner>, call: OptionCall): void {
  switch (call.entry.name) {
    case 'uid-owner':
      info.uid = parseIds(call, '/etc/passwd')
      break
    case 'gid-owner':
      info.gid = parseIds(call, '/etc/group')
      break
    case 'socket-exists':
      info.socketExists = { invert: call.invert }
      break
    default:
      if (info.gid === null) badValue(call, 'owner', '--suppl-groups', 'you need to use --gid-owner first')
      info.supplGroups = true
  }
}

function check(_: MatchOwner, call: FinalCall): void {
  if (call.seen.size === 0)
    call.problem('owner: At least one of --uid-owner, --gid-owner or --socket-exists is required')
}

function item(label: string, r: Range | null, nameOf: ((id: number) => string | null) | null): string {
  if (r === null) return ''
  const text = r.min === r.max ? (nameOf?.(r.min) ?? `${r.min}`) : `${r.min}-${r.max}`
  return `${not(r.invert)}${label} ${text}`
}

function socket(label: string, s: MatchOwner['socketExists']): string {
  return s === null ? '' : not(s.invert) + label
}

function printed(m: MatchOwner, rule: PrintedRule | null): string {
  return joined([
    socket('owner socket exists', m.socketExists),
    item('owner UID match', m.uid, rule === null ? null : (id) => rule.names.userOf(id)),
    item('owner GID match', m.gid, rule === null ? null : (id) => rule.names.groupOf(id)),
    m.supplGroups ? 'incl. suppl. groups' : '',
  ])
}

const NOTHING: MatchOwner = Object.freeze({
  name: 'owner',
  uid: null,
  gid: null,
  socketExists: null,
  supplGroups: false,
})

export const ownerExtension: Extension<MatchOwner> = Object.freeze({
  name: 'owner',
  options: Object.freeze([
    { name: 'uid-owner', type: 'string', invert: true },
    { name: 'gid-owner', type: 'string', invert: true },
    { name: 'socket-exists', type: 'none', invert: true },
    { name: 'suppl-groups', type: 'none' },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchOwner>(NOTHING, set, check),
  print: (info, { numeric }, rule) => printed(info, numeric ? null : (rule ?? null)),
  save: (m) =>
    joined([
      socket('--socket-exists', m.socketExists),
      item('--uid-owner', m.uid, null),
      item('--gid-owner', m.gid, null),
      m.supplGroups ? '--suppl-groups' : '',
    ]),
} satisfies Extension<MatchOwner>)
