// The commands and which options each takes (commands_v_options, exit_msg of src/conntrack.c). Read first: conntrack(8).
import { problem } from './exit.ts'

export type Command =
  | 'list'
  | 'get'
  | 'delete'
  | 'flush'
  | 'event'
  | 'count'
  | 'stats'
  | 'version'
  | 'help'
  | 'exp-list'
  | 'exp-flush'
  | 'exp-count'
  | 'exp-stats'

/** Options by the name that messages give them, in the order in which they are checked. */
export const OPTION_NAMES = Object.freeze([
  'src',
  'dst',
  'reply-src',
  'reply-dst',
  'protonum',
  'timeout',
  'status',
  'zero',
  'event-mask',
  'tuple-src',
  'tuple-dst',
  'mask-src',
  'mask-dst',
  'nat-range',
  'mark',
  'id',
  'family',
  'src-nat',
  'dst-nat',
  'output',
  'secmark',
  'buffer-size',
  'any-nat',
  'zone',
  'label',
  'label-add',
  'label-del',
  'orig-zone',
  'reply-zone',
] as const)
export type OptionName = (typeof OPTION_NAMES)[number]

/** A digit per option: 0 illegal, 1 has to be given, 2 may be, 3 one of two pairs has to be. */
const TABLE: Readonly<Record<Command, string>> = Object.freeze({
  list: '22222022000220202222202220022',
  get: '33331000000000020002000020000',
  delete: '22222220000220222222000220022',
  flush: '00000000000000002000000000000',
  event: '22222000200220202222222220022',
  count: '00000000000000000000000000000',
  stats: '00000000000000000000000000000',
  version: '00000000000000000000000000000',
  help: '00002000000000000000000000000',
  'exp-list': '00000000000000002002000000000',
  'exp-flush': '00000000000000000000000000000',
  'exp-count': '00000000000000000000000000000',
  'exp-stats': '00000000000000000000000000000',
})

export type Pair = readonly [string, string]

/** generic_opt_check: `rules` has a digit for each of `names`; `pairs` are the options that a 3 means. */
export function checkOptions(
  given: ReadonlySet<string>,
  names: readonly string[],
  rules: string,
  pairs: readonly Pair[],
  missing: readonly Pair[],
): void {
  names.forEach((name, i) => {
    if (!given.has(name) && rules[i] === '1') problem(`You need to supply the \`--${name}' option for this command`)
    if (given.has(name) && rules[i] === '0') problem(`Illegal option \`--${name}' with this command`)
  })
  if (!rules.includes('3') || pairs.some(([a, b]) => given.has(a) && given.has(b))) return
  const partial = Math.max(
    0,
    pairs.findIndex(([a, b]) => given.has(a) || given.has(b)),
  )
  const [a, b] = missing[partial]!
  problem(`you have to specify \`--${a}' and \`--${b}'`)
}

const ADDRESS_PAIRS: readonly Pair[] = Object.freeze([
  ['src', 'dst'],
  ['reply-src', 'reply-dst'],
] as const)

const NOTHING_ALLOWED = '0'.repeat(OPTION_NAMES.length)

/** `command` null: none was given. */
export function checkCommand(command: Command | null, given: ReadonlySet<OptionName>): void {
  checkOptions(given, OPTION_NAMES, command === null ? NOTHING_ALLOWED : TABLE[command], ADDRESS_PAIRS, ADDRESS_PAIRS)
}
