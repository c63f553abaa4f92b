// The counters of a link as ip -s link prints them: columns that grow with the numbers.
// Read first: print_env.ts. Counters that no device of the model has are 0, as on a real veth.
import type { LinkInfo, LinkStats } from '../../uapi/request.ts'
import type { PrintEnv } from './print_env.ts'

/** Widths of the columns before any number is looked at. */
const WIDTHS = Object.freeze([10, 7, 6, 7, 7, 7, 10, 9])

type Row = readonly number[]

function rows(s: LinkStats): { readonly rx: Row; readonly tx: Row } {
  return {
    rx: [s.rxBytes, s.rxPackets, s.rxErrors, s.rxDropped, 0, s.rxMulticast],
    tx: [s.txBytes, s.txPackets, s.txErrors, s.txDropped, 0, 0],
  }
}

function widths(env: PrintEnv, all: readonly Row[]): readonly number[] {
  if (env.opt.human) return WIDTHS
  return WIDTHS.map((w, i) => Math.max(w, ...all.map((row) => String(row[i] ?? 0).length)))
}

/** print_num: with -human in thousands (-iec: 1024s), at most three digits. */
function count(env: PrintEnv, n: number): string {
  const base = env.opt.iec ? 1024 : 1000
  if (!env.opt.human || n < base) return String(n)
  const units = 'kMGTPE'
  let unit = 0
  let power = base
  while (n / base >= power && unit < units.length - 1) {
    power *= base
    unit++
  }
  const value = n / power
  const whole = Math.floor(value)
  const digits = whole < 10 ? 2 : whole < 100 ? 1 : 0
  return `${value.toFixed(digits)}${units[unit]}${env.opt.iec ? 'i' : ''}`
}

function printText(env: PrintEnv, s: LinkStats, transitions: number): void {
  const { out } = env
  const { rx, tx } = rows(s)
  const more = env.opt.stats > 1
  const w = widths(env, more ? [rx, tx, [0, 0, 0, 0, 0, transitions]] : [rx, tx])
  const heads = (first: string, names: readonly string[]): string =>
    `    ${first}${names.map((n, i) => n.padStart(i === 0 ? w[0]! - 4 : w[i]!)).join(' ')} ${' '.repeat(w[6]!)}`
  const numbers = (row: Row): string => `    ${row.map((n, i) => `${count(env, n).padStart(w[i]!)} `).join('')}`
  const errors = (first: string, names: readonly string[]): string =>
    `    ${first}${' '.repeat(w[0]! - 10)} ${names.map((n, i) => n.padStart(w[i + 1]!)).join(' ')}`
  const below = (row: Row): string =>
    ' '.repeat(w[0]! + 5) + row.map((n, i) => `${count(env, n).padStart(w[i + 1]!)} `).join('')
  const lines = [heads('RX: ', ['bytes', 'packets', 'errors', 'dropped', 'missed', 'mcast']), numbers(rx)]
  if (more) {
    const head = errors('RX errors:', ['length', 'crc', 'frame', 'fifo', 'overrun'])
    const other = s.rxOtherhost === 0 ? ['', ''] : [' otherhost', `${count(env, s.rxOtherhost).padStart(w[7]!)} `]
    lines.push(head + other[0], below([0, 0, 0, 0, 0]) + other[1])
  }
  lines.push(heads('TX: ', ['bytes', 'packets', 'errors', 'dropped', 'carrier', 'collsns']), numbers(tx))
  if (more) {
    lines.push(errors('TX errors:', ['aborted', 'fifo', 'window', 'heartbt', 'transns']))
    lines.push(below([0, 0, 0, 0, transitions]))
  }
  out.text(lines.join(out.separator))
}

function printMembers(env: PrintEnv, members: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(members)) env.out.member(key, value)
}

function printJson(env: PrintEnv, s: LinkStats, transitions: number): void {
  const { out } = env
  const more = env.opt.stats > 1
  out.openObject('stats64')
  out.openObject('rx')
  printMembers(env, { bytes: s.rxBytes, packets: s.rxPackets, errors: s.rxErrors, dropped: s.rxDropped })
  printMembers(env, { over_errors: 0, multicast: s.rxMulticast })
  if (more) printMembers(env, { length_errors: 0, crc_errors: 0, frame_errors: 0, fifo_errors: 0, missed_errors: 0 })
  if (more && s.rxOtherhost !== 0) printMembers(env, { otherhost: s.rxOtherhost })
  out.closeObject()
  out.openObject('tx')
  printMembers(env, { bytes: s.txBytes, packets: s.txPackets, errors: s.txErrors, dropped: s.txDropped })
  printMembers(env, { carrier_errors: 0, collisions: 0 })
  if (more) printMembers(env, { aborted_errors: 0, fifo_errors: 0, window_errors: 0, heartbeat_errors: 0 })
  if (more) printMembers(env, { carrier_changes: transitions })
  out.closeObject()
  out.closeObject()
}

/** print_stats64 */
export function printStats(env: PrintEnv, info: LinkInfo): void {
  const transitions = info.link.carrierChanges ?? 0
  if (env.out.isJson) printJson(env, info.stats, transitions)
  else printText(env, info.stats, transitions)
}
