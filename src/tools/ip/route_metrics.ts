// The metrics of a route on the command line: mtu, advmss, rtt … with "lock" and units of time.
// Read first: args.ts. The kernel keeps rtt in eighths and rttvar in quarters of a millisecond.
import type { RouteMetrics } from '../../uapi/route.ts'
import { type Args, matches } from './args.ts'
import { invalidArgument } from './exit.ts'
import { parseRtt, parseU32 } from './numbers.ts'

type MetricName = keyof Omit<RouteMetrics, 'lock'>

export interface MetricsDraft {
  readonly values: { [name in MetricName]?: number }
  readonly lock: string[]
}

/** How a metric is read: its name, whether a prefix of it will do, and the unit of times. */
interface MetricWord {
  readonly name: MetricName
  readonly prefix: boolean
  /** Factor of a time that has a unit; 0 is a plain number. */
  readonly time: number
  /** The word of the error message. */
  readonly message: string
}

const metric = (name: MetricName, prefix: boolean, time = 0, message: string = name): MetricWord =>
  Object.freeze({ name, prefix, time, message })

/** In the order in which iproute2 tries them. */
const EARLY: readonly MetricWord[] = Object.freeze([
  metric('mtu', false),
  metric('hoplimit', false),
  metric('advmss', false, 0, 'mss'),
  metric('reordering', true),
  metric('rtt', false, 8),
  metric('rto_min', false, 1),
  metric('window', true),
  metric('cwnd', true),
  metric('initcwnd', true),
  metric('initrwnd', true),
])
/** After "features". */
const LATE: readonly MetricWord[] = Object.freeze([
  metric('quickack', true),
  metric('rttvar', true, 4),
  metric('ssthresh', true),
])

function metricValue(word: MetricWord, text: string, listed: boolean): number {
  const wrong = (): never => invalidArgument(`"${word.message}" value is invalid\n`, text)
  if (word.time > 0) {
    const t = parseRtt(text, listed ? Math.round : Math.ceil) ?? wrong()
    return t.raw ? t.value : t.value * word.time
  }
  const n = parseU32(text) ?? wrong()
  if (word.name === 'hoplimit' && n > 255) wrong()
  if (word.name === 'quickack' && n > 1) invalidArgument('"quickack" value should be 0 or 1\n', text)
  return n
}

/** Take the metric that `key` names, if it does; `listed` accepts what a listing shows ("rto_min lock"). */
function takeMetric(words: readonly MetricWord[], key: string, args: Args, m: MetricsDraft, listed: boolean): boolean {
  const word = words.find((w) => (w.prefix ? matches(key, w.name) : key === w.name))
  if (word === undefined) return false
  let text = args.next()
  const always = word.name === 'rto_min'
  if (text === 'lock' && word.name !== 'quickack' && (!always || listed)) {
    if (!always) m.lock.push(word.name)
    text = args.next()
  }
  if (always) m.lock.push(word.name)
  m.values[word.name] = metricValue(word, text, listed)
  return true
}

export const takeEarlyMetric = (key: string, args: Args, m: MetricsDraft, listed: boolean): boolean =>
  takeMetric(EARLY, key, args, m, listed)
export const takeLateMetric = (key: string, args: Args, m: MetricsDraft, listed: boolean): boolean =>
  takeMetric(LATE, key, args, m, listed)

/** Null when no metric was given. */
export function metricsOf(m: MetricsDraft): RouteMetrics | null {
  if (Object.keys(m.values).length === 0) return null
  return m.lock.length === 0 ? { ...m.values } : { ...m.values, lock: [...m.lock] }
}
