// -j SET (extensions/libxt_SET.c). Read first: ../set_arg.ts.
import type { TargetSet } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, FinalCall, OptionCall } from '../extension.ts'
import { type SetArg, setArg, setText } from '../set_arg.ts'

const HELP = `SET target options:
 --add-set name flags [--exist] [--timeout n]
 --del-set name flags
 --map-set name flags [--map-mark] [--map-prio] [--map-queue]
		add/del src/dst IP/port from/to named sets,
		where flags are the comma separated list of
		'src' and 'dst' specifications.
`
const MAX_TIMEOUT = 4294967294

class SetDraft implements Draft<TargetSet> {
  private readonly sides = new Map<string, SetArg>()
  private timeout: number | null = null

  parse(call: OptionCall): void {
    const { name } = call.entry
    if (name.endsWith('-set')) {
      if (this.sides.has(name)) call.problem(`--${name} can be specified only once`)
      this.sides.set(name, setArg(call, name))
    } else if (name === 'timeout') {
      const value = /^(0[xX][0-9a-fA-F]+|\d+)$/.test(call.arg) ? Number(call.arg) : -1
      if (value < 0 || value > MAX_TIMEOUT)
        call.problem(`Invalid value for option --timeout or out of range 0-${MAX_TIMEOUT}`)
      this.timeout = value
    }
  }

  finish(call: FinalCall): TargetSet {
    const add = this.sides.get('add-set') ?? null
    const del = this.sides.get('del-set') ?? null
    const map = this.sides.get('map-set') ?? null
    const { seen } = call
    if (add === null && del === null && map === null)
      call.problem("You must specify either `--add-set' or `--del-set' or `--map-set'")
    const exist = seen.has('exist')
    if (add === null && exist) call.problem("Flag `--exist' can be used with `--add-set' only")
    if (add === null && this.timeout !== null) call.problem("Option `--timeout' can be used with `--add-set' only")
    const [mark, prio, queue] = ['map-mark', 'map-prio', 'map-queue'].map((o) => seen.has(o))
    const mapped = mark === true || prio === true || queue === true
    if (map !== null && !mapped) call.problem("You must specify flags `--map-mark' or '--map-prio` or `--map-queue'")
    if (map === null && mapped) call.problem("You must specify flags `--map-mark' or '--map-prio` or `--map-queue'")
    const flags = { mark: mark === true, prio: prio === true, queue: queue === true }
    return { name: 'SET', add, del, map: map === null ? null : { ...map, ...flags }, exist, timeout: this.timeout }
  }
}

function text(t: TargetSet, dashes: string): string {
  const words: string[] = []
  const side = (what: string, s: SetArg | null): void => {
    if (s !== null) words.push(`${dashes}${what}-set ${setText(s)}`)
  }
  side('add', t.add)
  if (t.exist) words.push(`${dashes}exist`)
  if (t.timeout !== null) words.push(`${dashes}timeout ${t.timeout}`)
  side('del', t.del)
  side('map', t.map)
  if (t.map?.mark === true) words.push(`${dashes}map-mark`)
  if (t.map?.prio === true) words.push(`${dashes}map-prio`)
  if (t.map?.queue === true) words.push(`${dashes}map-queue`)
  return words.join(' ')
}

export const setTargetExtension: Extension<TargetSet> = Object.freeze({
  name: 'SET',
  options: Object.freeze([
    { name: 'add-set', type: 'string', invert: true, multi: true },
    { name: 'del-set', type: 'string', invert: true, multi: true },
    { name: 'map-set', type: 'string', invert: true, multi: true },
    { name: 'exist', type: 'none', multi: true },
    { name: 'timeout', type: 'string', multi: true },
    { name: 'map-mark', type: 'none', multi: true },
    { name: 'map-prio', type: 'none', multi: true },
    { name: 'map-queue', type: 'none', multi: true },
  ] as const),
  help: HELP,
  begin: () => new SetDraft(),
  print: (info) => text(info, ''),
  save: (info) => text(info, '--'),
} satisfies Extension<TargetSet>)
