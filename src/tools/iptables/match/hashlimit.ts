// -m hashlimit, revision 3 (extensions/libxt_hashlimit.c). Read first: hashlimit_rate.ts.
import type { MatchHashlimit } from '../../../uapi/xt.ts'
import type { Draft, Extension, FinalCall, OptionCall } from '../extension.ts'
import { badValue, type Mutable } from './draft.ts'
import {
  BYTE_EXPIRE_BURST,
  burstError,
  burstTooLong,
  bytesText,
  costToBytes,
  parseBurst,
  parseBytes,
  parseRate,
  rateText,
} from './hashlimit_rate.ts'

const HELP = `hashlimit match options:
  --hashlimit-upto <avg>           max average match rate
                                   [Packets per second unless followed by 
                                   /sec /minute /hour /day postfixes]
  --hashlimit-above <avg>          min average match rate
  --hashlimit-mode <mode>          mode is a comma-separated list of
                                   dstip,srcip,dstport,srcport (or none)
  --hashlimit-srcmask <length>     source address grouping prefix length
  --hashlimit-dstmask <length>     destination address grouping prefix length
  --hashlimit-name <name>          name for /proc/net/ipt_hashlimit
  --hashlimit-burst <num>	    number to match in a burst, default 5
  --hashlimit-htable-size <num>    number of hashtable buckets
  --hashlimit-htable-max <num>     number of hashtable entries
  --hashlimit-htable-gcinterval    interval between garbage collection runs
  --hashlimit-htable-expire        after which time are idle entries expired?
  --hashlimit-rate-match           rate match the flow without rate-limiting it
  --hashlimit-rate-interval        interval in seconds for hashlimit-rate-match

`

const BURST = 5
const GC_INTERVAL = 1000
/** NAME_MAX: longer names are cut. */
const NAME_LEN = 255

type Mode = MatchHashlimit['mode']
/** In the order in which they are shown. */
const MODES: readonly (keyof Mode)[] = Object.freeze(['srcip', 'srcport', 'dstip', 'dstport'])
const NO_MODE: Mode = Object.freeze({ srcip: false, srcport: false, dstip: false, dstport: false })

const NOTHING: MatchHashlimit = Object.freeze({
  name: 'hashlimit',
  mode: NO_MODE,
  hashName: '',
  above: false,
  bytes: false,
  avg: 0,
  burst: BURST,
  srcmask: 32,
  dstmask: 32,
  htableSize: 0,
  htableMax: 0,
  htableExpire: 0,
  htableGcInterval: GC_INTERVAL,
  rateMatch: false,
  interval: 0,
})

class HashlimitDraft implements Draft<MatchHashlimit> {
  private readonly info: Mutable<MatchHashlimit> = { ...NOTHING }
  /** Of the rate's unit. */
  private seconds = 1

  parse(call: OptionCall): void {
    const { info } = this
    switch (call.entry.id ?? call.entry.name) {
      case 'hashlimit-upto':
        if (call.invert) info.above = true
        this.rate(call, '--hashlimit-upto')
        break
      case 'hashlimit-above':
        if (!call.invert) info.above = true
        this.rate(call, '--hashlimit-above')
        break
      case 'hashlimit-burst':
        info.burst = parseBurst(call)
        break
      case 'hashlimit-mode':
        info.mode = parseMode(call, info.mode)
        break
      case 'hashlimit-name':
        info.hashName = call.arg.slice(0, NAME_LEN - 1)
        break
      case 'hashlimit-rate-match':
        info.rateMatch = true
        break
      case 'hashlimit-rate-interval':
        info.interval = parseInterval(call)
        break
      default:
        setNumber(info, call)
    }
  }

  private rate(call: OptionCall, option: string): void {
    const r = parseBytes(call) ?? parseRate(call) ?? badValue(call, 'hashlimit', option, call.arg)
    if (r.bytes) this.info.bytes = true
    this.info.avg = r.avg
    this.seconds = r.seconds
  }

  finish(call: FinalCall): MatchHashlimit {
    const { info, seconds } = this
    if (!call.seen.has('hashlimit-upto') && !call.seen.has('hashlimit-above'))
      call.problem('You have to specify --hashlimit')
    const expire = call.seen.has('hashlimit-htable-expire')
    if (!expire) info.htableExpire = seconds * 1000
    if (info.bytes) {
      const burst = call.seen.has('hashlimit-burst')
      if (burst && !expire) info.htableExpire = BYTE_EXPIRE_BURST
      info.burst = burst ? byteBurst(info, call) : 0
    } else if (burstTooLong(info.burst)) burstError(call)
    if (info.rateMatch) {
      if (!info.bytes) info.avg = Math.floor(info.avg / seconds)
      if (info.interval === 0) info.interval = info.bytes ? 1 : seconds
    }
    return info
  }
}

/** How many times the rate the burst is, rounded up. */
function byteBurst(info: MatchHashlimit, call: FinalCall): number {
  const rate = costToBytes(info.avg)
  if (info.burst < rate) call.problem(`burst cannot be smaller than ${rate}b`)
  return Math.ceil(info.burst / rate) % 2 ** 32
}

function parseMode(call: OptionCall, before: Mode): Mode {
  const mode: Mutable<Mode> = { ...before }
  for (const word of call.arg.split(/[,|]/)) {
    if (word === '') continue
    const known = MODES.find((m) => m === word) ?? badValue(call, 'hashlimit', '--hashlimit-mode', call.arg)
    mode[known] = true
  }
  return Object.freeze(mode)
}

/** atoi(3) of what is greater than 0 */
function parseInterval(call: OptionCall): number {
  const n = Number(/^\s*\+?\d+/.exec(call.arg)?.[0] ?? 0) | 0
  return n > 0 ? n : badValue(call, 'hashlimit', '--hashlimit-rate-interval', call.arg)
}

function setNumber(info: Mutable<MatchHashlimit>, call: OptionCall): void {
  const { value } = call
  if (value.type !== 'number') return
  switch (call.entry.name) {
    case 'hashlimit-srcmask':
      info.srcmask = value.value
      break
    case 'hashlimit-dstmask':
      info.dstmask = value.value
      break
    case 'hashlimit-htable-size':
      info.htableSize = value.value
      break
    case 'hashlimit-htable-max':
      info.htableMax = value.value
      break
    case 'hashlimit-htable-gcinterval':
      info.htableGcInterval = value.value
      break
    default:
      info.htableExpire = value.value
  }
}

/** What stands behind rate and burst; `p` is the prefix of the options' names. */
function table(m: MatchHashlimit, quantum: number, p: string): string {
  let text = ''
  if (m.htableSize !== 0) text += ` ${p}htable-size ${m.htableSize}`
  if (m.htableMax !== 0) text += ` ${p}htable-max ${m.htableMax}`
  if (m.htableGcInterval !== GC_INTERVAL) text += ` ${p}htable-gcinterval ${m.htableGcInterval}`
  if (m.htableExpire !== quantum) text += ` ${p}htable-expire ${m.htableExpire}`
  if (m.srcmask !== 32) text += ` ${p}srcmask ${m.srcmask}`
  if (m.dstmask !== 32) text += ` ${p}dstmask ${m.dstmask}`
  if (!m.rateMatch) return text
  return `${text} ${p}rate-match${m.interval === 1 ? '' : ` ${p}rate-interval ${m.interval}`}`
}

function modeText(m: MatchHashlimit, prefix: string, separator: string): string {
  const words = MODES.filter((w) => m.mode[w])
  return words.length === 0 ? '' : ` ${prefix}mode ${words.join(separator)}`
}

export const hashlimitExtension: Extension<MatchHashlimit> = Object.freeze({
  name: 'hashlimit',
  options: Object.freeze([
    { name: 'hashlimit-upto', type: 'string', invert: true, excl: ['hashlimit-above'] },
    { name: 'hashlimit-above', type: 'string', invert: true, excl: ['hashlimit-upto'] },
    { name: 'hashlimit', id: 'hashlimit-upto', type: 'string', invert: true, excl: ['hashlimit-above'] },
    { name: 'hashlimit-srcmask', type: 'plen' },
    { name: 'hashlimit-dstmask', type: 'plen' },
    { name: 'hashlimit-burst', type: 'string' },
    { name: 'hashlimit-htable-size', type: 'uint32' },
    { name: 'hashlimit-htable-max', type: 'uint32' },
    { name: 'hashlimit-htable-gcinterval', type: 'uint32' },
    { name: 'hashlimit-htable-expire', type: 'uint32' },
    { name: 'hashlimit-mode', type: 'string' },
    { name: 'hashlimit-name', type: 'string', mand: true, min: 1 },
    { name: 'hashlimit-rate-match', type: 'none' },
    { name: 'hashlimit-rate-interval', type: 'string' },
  ] as const),
  help: HELP,
  begin: () => new HashlimitDraft(),
  print: (m) => {
    const r = m.bytes ? bytesText(m.avg, m.burst, '') : rateText(m.avg * (m.interval === 0 ? 1 : m.interval))
    const burst = m.bytes ? '' : ` burst ${m.burst}`
    return `limit: ${m.above ? 'above' : 'up to'} ${r.text}${burst}${modeText(m, '', '-')}${table(m, r.quantum, '')}`
  },
  save: (m) => {
    const p = '--hashlimit-'
    const r = m.bytes ? bytesText(m.avg, m.burst, p) : rateText(m.avg)
    const burst = m.bytes ? '' : ` ${p}burst ${m.burst}`
    const head = `${p}${m.above ? 'above' : 'upto'} ${r.text}${burst}`
    return `${head}${modeText(m, p, ',')} ${p}name ${m.hashName}${table(m, r.quantum, p)}`
  },
} satisfies Extension<MatchHashlimit>)
