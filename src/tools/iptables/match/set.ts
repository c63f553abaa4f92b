// -m set (extensions/libxt_set.c). Read first: ../set_arg.ts.
import type { MatchSet } from '../../../uapi/xt.ts'
import type { Extension, FinalCall, OptionCall } from '../extension.ts'
import { setArg, setText } from '../set_arg.ts'
import { DataDraft, joined, type Mutable, not } from './draft.ts'

const HELP = `set match options:
 [!] --match-set name flags [--return-nomatch]
   [! --update-counters] [! --update-subcounters]
   [[!] --packets-eq value | --packets-lt value | --packets-gt value
   [[!] --bytes-eq value | --bytes-lt value | --bytes-gt value
		 'name' is the set name from to match,
		 'flags' are the comma separated list of
		 'src' and 'dst' specifications.
`

function counter(call: OptionCall): number {
  if (!/^(0[xX][0-9a-fA-F]+|\d+)$/.test(call.arg)) call.problem(`Cannot parse ${call.arg} as a counter value`)
  return Number(call.arg)
}

function setCounter(info: Mutable<MatchSet>, call: OptionCall, which: 'packets' | 'bytes'): void {
  const { name } = call.entry
  const op = name.endsWith('eq') ? 'eq' : name.endsWith('lt') ? 'lt' : 'gt'
  if (op !== 'eq' && call.invert) call.problem(`--${name} option cannot be inverted`)
  if (info[which] !== null) call.problem(`only one of the --${which}-[eq|lt|gt] is allowed`)
  info[which] = { op, value: counter(call), invert: call.invert }
}

function set(info: Mutable<MatchSet>, call: OptionCall): void {
  switch (call.entry.name) {
    case 'set':
      call.sys.write(2, '--set option deprecated, please use --match-set\n')
      takeSet(info, call)
      break
    case 'match-set':
      takeSet(info, call)
      break
    case 'return-nomatch':
      if (call.invert) call.problem('--return-nomatch flag cannot be inverted')
      info.returnNomatch = true
      break
    case 'update-counters':
      if (call.invert) info.updateCounters = false
      break
    case 'update-subcounters':
      if (call.invert) info.updateSubcounters = false
      break
    default:
      setCounter(info, call, call.entry.name.startsWith('packets') ? 'packets' : 'bytes')
  }
}

function takeSet(info: Mutable<MatchSet>, call: OptionCall): void {
  if (info.dims.length > 0) call.problem('--match-set can be specified only once')
  const { set: name, dims } = setArg(call, 'match-set')
  info.invert = call.invert
  info.set = name
  info.dims = dims
}

function check(info: MatchSet, call: FinalCall): void {
  if (info.dims.length === 0) call.problem("You must specify `--match-set' with proper arguments")
}

function counterText(c: MatchSet['packets'], which: string, dashes: string): string {
  return c === null ? '' : `${not(c.invert)}${dashes}${which}-${c.op} ${c.value}`
}

function text(m: MatchSet, dashes: string): string {
  return joined([
    `${not(m.invert)}${dashes}match-set ${setText(m)}`,
    m.returnNomatch ? `${dashes}return-nomatch` : '',
    m.updateCounters ? '' : `! ${dashes}update-counters`,
    m.updateSubcounters ? '' : `! ${dashes}update-subcounters`,
    counterText(m.packets, 'packets', dashes),
    counterText(m.bytes, 'bytes', dashes),
  ])
}

const NOTHING: MatchSet = Object.freeze({
  name: 'set',
  set: '',
  dims: Object.freeze([]),
  invert: false,
  returnNomatch: false,
  updateCounters: true,
  updateSubcounters: true,
  packets: null,
  bytes: null,
})

export const setExtension: Extension<MatchSet> = Object.freeze({
  name: 'set',
  options: Object.freeze([
    { name: 'match-set', type: 'string', invert: true, multi: true },
    { name: 'set', type: 'string', invert: true, multi: true },
    { name: 'return-nomatch', type: 'none', invert: true, multi: true },
    { name: 'update-counters', type: 'none', invert: true, multi: true },
    { name: 'update-subcounters', type: 'none', invert: true, multi: true },
    { name: 'packets-eq', type: 'string', invert: true, multi: true },
    { name: 'packets-lt', type: 'string', invert: true, multi: true },
    { name: 'packets-gt', type: 'string', invert: true, multi: true },
    { name: 'bytes-eq', type: 'string', invert: true, multi: true },
    { name: 'bytes-lt', type: 'string', invert: true, multi: true },
    { name: 'bytes-gt', type: 'string', invert: true, multi: true },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchSet>(NOTHING, set, check),
  print: (info) => text(info, ''),
  save: (info) => text(info, '--'),
} satisfies Extension<MatchSet>)
