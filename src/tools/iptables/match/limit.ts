// -m limit (extensions/libxt_limit.c). A rate is kept as the time between two packets, in XT_LIMIT_SCALE-ths of a second.
import type { MatchLimit } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable } from './draft.ts'
import { parseRate, rateText } from './rate.ts'

const HELP = `limit match options:
--limit avg			max average match rate: default 3/hour
                                [Packets per second unless followed by 
                                /sec /minute /hour /day postfixes]
--limit-burst number		number to match in a burst, default 5
`

const XT_LIMIT_SCALE = 10000
const XT_LIMIT_BURST = 5
const THREE_AN_HOUR = 12_000_000

function set(info: Mutable<MatchLimit>, call: OptionCall): void {
  if (call.value.type === 'number') {
    info.burst = call.value.value
    return
  }
  const avg = parseRate(call.arg, XT_LIMIT_SCALE)
  if (avg === null) call.problem(`bad rate "${call.arg}"'`)
  if (avg === 0) call.problem(`Rate too fast "${call.arg}"`)
  info.avg = avg
}

const DEFAULTS: MatchLimit = Object.freeze({ name: 'limit', avg: THREE_AN_HOUR, burst: XT_LIMIT_BURST })

export const limitExtension: Extension<MatchLimit> = Object.freeze({
  name: 'limit',
  options: Object.freeze([
    { name: 'limit', type: 'string' },
    { name: 'limit-burst', type: 'uint32', min: 0, max: 10000 },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchLimit>(DEFAULTS, set),
  print: ({ avg, burst }) => `limit: avg ${rateText(avg, XT_LIMIT_SCALE)} burst ${burst}`,
  save: ({ avg, burst }) =>
    `--limit ${rateText(avg, XT_LIMIT_SCALE)}${burst === XT_LIMIT_BURST ? '' : ` --limit-burst ${burst}`}`,
} satisfies Extension<MatchLimit>)
