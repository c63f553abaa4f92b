// -m connlimit (extensions/libxt_connlimit.c).
import type { MatchConnlimit } from '../../../uapi/xt.ts'
import type { Extension, FinalCall, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable } from './draft.ts'

const HELP = `connlimit match options:
  --connlimit-upto n     match if the number of existing connections is 0..n
  --connlimit-above n    match if the number of existing connections is >n
  --connlimit-mask n     group hosts using prefix length (default: max len)
  --connlimit-saddr      select source address for grouping
  --connlimit-daddr      select destination addresses for grouping
`

function set(info: Mutable<MatchConnlimit>, call: OptionCall): void {
  const { value, invert } = call
  switch (call.entry.name) {
    case 'connlimit-above':
    case 'connlimit-upto':
      if (value.type === 'number') info.limit = value.value
      if (invert === (call.entry.name === 'connlimit-above')) info.invert = true
      break
    case 'connlimit-mask':
      if (value.type === 'address') info.mask = value.mask
      break
    default:
      info.daddr = call.entry.name === 'connlimit-daddr'
  }
}

function check(_info: MatchConnlimit, call: FinalCall): void {
  if (!call.seen.has('connlimit-upto') && !call.seen.has('connlimit-above'))
    call.problem('You must specify "--connlimit-above" or "--connlimit-upto".')
}

/** count_bits4 */
function bits(mask: number): number {
  return Math.clz32(~mask)
}

const NOTHING: MatchConnlimit = Object.freeze({ name: 'connlimit', limit: 0, mask: -1, daddr: false, invert: false })

export const connlimitExtension: Extension<MatchConnlimit> = Object.freeze({
  name: 'connlimit',
  options: Object.freeze([
    { name: 'connlimit-upto', type: 'uint32', invert: true, excl: ['connlimit-above'] },
    { name: 'connlimit-above', type: 'uint32', invert: true, excl: ['connlimit-upto'] },
    { name: 'connlimit-mask', type: 'plenmask' },
    { name: 'connlimit-saddr', type: 'none', excl: ['connlimit-daddr'] },
    { name: 'connlimit-daddr', type: 'none', excl: ['connlimit-saddr'] },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchConnlimit>(NOTHING, set, check),
  print: (m) => `#conn ${m.daddr ? 'dst' : 'src'}/${bits(m.mask)} ${m.invert ? '<=' : '>'} ${m.limit}`,
  save: (m) =>
    `--connlimit-${m.invert ? 'upto' : 'above'} ${m.limit} --connlimit-mask ${bits(m.mask)} --connlimit-${m.daddr ? 'daddr' : 'saddr'}`,
} satisfies Extension<MatchConnlimit>)
