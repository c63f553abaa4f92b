// -m statistic (extensions/libxt_statistic.c).
import type { MatchStatistic } from '../../../uapi/xt.ts'
import type { Extension, FinalCall, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable } from './draft.ts'

const HELP = `statistic match options:
 --mode mode                    Match mode (random, nth)
 random mode:
[!] --probability p		 Probability
 nth mode:
[!] --every n			 Match every nth packet
 --packet p			 Initial counter value (0 <= p <= n-1, default 0)
`

const SCALE = 0x80000000

function set(info: Mutable<MatchStatistic>, call: OptionCall): void {
  const { value } = call
  if (call.invert) info.invert = true
  switch (call.entry.name) {
    case 'mode':
      info.mode = call.arg === 'random' || call.arg === 'nth' ? call.arg : call.problem(`Bad mode "${call.arg}"`)
      break
    case 'probability':
      if (value.type === 'number') info.probability = Math.floor(SCALE * value.value + 0.5)
      break
    case 'every':
      if (value.type === 'number') info.every = value.value - 1
      break
    default:
      if (value.type === 'number') info.packet = value.value
  }
}

function check(info: MatchStatistic, call: FinalCall): void {
  const { seen } = call
  if (info.mode === 'random' && !seen.has('probability'))
    call.problem('--probability must be specified when using random mode')
  if (info.mode === 'nth' && !seen.has('every') && !seen.has('packet'))
    call.problem('--every and --packet must be specified when using nth mode')
  // probability and every are one field of a union
  const every = seen.has('probability') ? info.probability : info.every
  if (info.packet > every) call.problem('the --packet p must be 0 <= p <= n-1')
}

function text(m: MatchStatistic, prefix: string): string {
  const sign = m.invert ? ' !' : ''
  if (m.mode === 'random')
    return `${prefix}mode random${sign} ${prefix}probability ${(m.probability / SCALE).toFixed(11)}`
  const packet = m.packet !== 0 || prefix !== '' ? ` ${prefix}packet ${m.packet}` : ''
  return `${prefix}mode nth${sign} ${prefix}every ${m.every + 1}${packet}`
}

const NOTHING: MatchStatistic = Object.freeze({
  name: 'statistic',
  mode: 'random',
  invert: false,
  probability: 0,
  every: 0,
  packet: 0,
})

export const statisticExtension: Extension<MatchStatistic> = Object.freeze({
  name: 'statistic',
  options: Object.freeze([
    { name: 'mode', type: 'string', mand: true },
    { name: 'probability', type: 'double', invert: true, min: 0, max: 1, excl: ['every', 'packet'] },
    { name: 'every', type: 'uint32', invert: true, min: 1, excl: ['probability'], also: ['packet'] },
    { name: 'packet', type: 'uint32', excl: ['probability'], also: ['every'] },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchStatistic>(NOTHING, set, check),
  print: (info) => `statistic ${text(info, '')}`,
  save: (info) => text(info, '--'),
} satisfies Extension<MatchStatistic>)
