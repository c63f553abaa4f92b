// One line of the log as dmesg prints it (print_record, sys-utils/dmesg.c). Times are UTC.
import { unreachable } from '../../lib/never.ts'
import type { KernelLogEntry } from '../../uapi/klog.ts'
import { LEVELS } from './names.ts'

export type TimeFormat = 'none' | 'time' | 'time-delta' | 'delta' | 'reltime' | 'ctime' | 'ctime-delta' | 'iso'

const DAYS = Object.freeze(['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'])
const MONTHS = Object.freeze(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'])

const two = (n: number): string => String(n).padStart(2, '0')

/** What depends on the lines before: deltas, and the minute that -e has named. */
export class Printer {
  private readonly time: TimeFormat
  private readonly decode: boolean
  private readonly raw: boolean
  /** Wall clock at boot, ns. */
  private readonly boot: number
  private last: number | null = null
  private minute = -1

  constructor(time: TimeFormat, decode: boolean, raw: boolean, boot: number) {
    this.time = time
    this.decode = decode
    this.raw = raw
    this.boot = boot
  }

  line(e: KernelLogEntry): string {
    if (this.raw) return `<${e.level}>[${seconds(e.time)}] ${e.text}\n`
    const head = this.decode ? `${'kern'.padEnd(6)}:${LEVELS[e.level]!.padEnd(6)}: ` : ''
    return `${head}${this.stamp(e.time)}${e.text}\n`
  }

  private stamp(time: number): string {
    const us = Math.floor(time / 1000)
    const delta = this.last === null ? 0 : (us - this.last) / 1e6
    this.last = us
    const change = `<${delta.toFixed(6).padStart(12)}>`
    switch (this.time) {
      case 'none':
        return ''
      case 'time':
        return `[${seconds(time)}] `
      case 'time-delta':
        return `[${seconds(time)} ${change}] `
      case 'delta':
        return `[${change}] `
      case 'ctime':
        return `[${this.ctime(time)}] `
      case 'ctime-delta':
        return `[${this.ctime(time)} ${change}] `
      case 'reltime':
        return `[${this.reltime(time, delta)}] `
      case 'iso': {
        const iso = new Date(this.wall(time) * 1000).toISOString().slice(0, 19)
        return `${iso},${String(us % 1_000_000).padStart(6, '0')}+00:00 `
      }
      default:
        return unreachable(this.time)
    }
  }

  /** Whole seconds since the epoch: the seconds of both clocks are added. */
  private wall(time: number): number {
    return Math.floor(this.boot / 1e9) + Math.floor(time / 1e9)
  }

  private ctime(time: number): string {
    const d = new Date(this.wall(time) * 1000)
    const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
    const day = `${DAYS[d.getUTCDay()]} ${MONTHS[d.getUTCMonth()]} ${String(d.getUTCDate()).padStart(2)}`
    return `${day} ${clock} ${d.getUTCFullYear()}`
  }

  /** A new minute is named, within it the time since the line before. */
  private reltime(time: number, delta: number): string {
    const wall = this.wall(time)
    const minute = Math.floor(wall / 60)
    if (minute === this.minute) {
      const text = `+${delta.toFixed(6)}`
      return delta < 10 ? `  ${text}` : text.padStart(9)
    }
    this.minute = minute
    const d = new Date(wall * 1000)
    const day = `${MONTHS[d.getUTCMonth()]}${String(d.getUTCDate()).padStart(2)}`
    return `${day} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`
  }
}

function seconds(time: number): string {
  const us = Math.floor(time / 1000)
  return `${String(Math.floor(us / 1_000_000)).padStart(5)}.${String(us % 1_000_000).padStart(6, '0')}`
}
