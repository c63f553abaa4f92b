// socat's command line (1.7.4.4) and the log it writes: "YYYY/MM/DD HH:MM:SS socat[PID] E text".
// Read first: address.ts. Refused by name: options about files of descriptors, locks, logging elsewhere, and levels above -d -d.
import type { Sys } from '../../uapi/program.ts'
import { exitStatus } from '../lib/exit.ts'
import { leadingDouble } from '../lib/number.ts'
import { notModelled } from '../lib/refuse.ts'
import { type Address, AddressError, parseAddress } from './address.ts'

export interface SocatOptions {
  /** 0: errors, 1: warnings, 2: notices. */
  level: number
  /** -v text, -x hex dump of the data on stderr. */
  verbose: boolean
  hex: boolean
  /** -u left to right only, -U right to left only. */
  direction: 'both' | 'right' | 'left'
  blockSize: number
  /** Nanoseconds: -t after an end of file, -T of inactivity (0 none). */
  closeWait: number
  inactivity: number
  left: Address
  right: Address
}

const VERSION = `socat by Gerhard Rieger and contributors - see www.dest-unreach.org
socat version 1.7.4.4 on 06 Nov 2022 08:15:51
   running on Linux version #1 SMP Debian 6.1, release 6.1, machine x86_64
`

function two(n: number): string {
  return String(n).padStart(2, '0')
}

/** 2026/11/22 13:31:45 */
export function dateTime(wallNs: number): string {
  const d = new Date(Math.floor(wallNs / 1_000_000))
  const date = `${d.getUTCFullYear()}/${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())}`
  return `${date} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
}

export function log(sys: Sys, severity: 'E' | 'W' | 'N', text: string): void {
  sys.write(2, `${dateTime(sys.wallClock())} socat[${sys.pid}] ${severity} ${text}\n`)
}

/** Options of one letter that socat knows and netsim does not. */
const REFUSED = 'DhLWgslrR46'

interface Draft extends Omit<SocatOptions, 'left' | 'right'> {
  left: Address | null
  right: Address | null
}

function seconds(sys: Sys, option: string, text: string): number | null {
  const { value, rest } = leadingDouble(text)
  if (text !== '' && rest === '') return Math.round(value * 1_000_000_000)
  log(sys, 'E', `parseopts(): missing numerical value of option "${option}"`)
  return null
}

/** One option; what it consumed of the next word, or an exit code as -1 - code. */
function option(sys: Sys, o: Draft, word: string, next: string | undefined): number {
  switch (word) {
    case '-d':
      o.level++
      return 0
    case '-dd':
      o.level += 2
      return 0
    case '-v':
      o.verbose = true
      return 0
    case '-x':
      o.hex = true
      return 0
    case '-u':
      o.direction = 'right'
      return 0
    case '-U':
      o.direction = 'left'
      return 0
    case '-V':
      sys.write(1, VERSION)
      return -1
  }
  const letter = word[1]!
  if (letter === 't' || letter === 'T') {
    const value = word.length > 2 ? word.slice(2) : (next ?? '')
    const ns = seconds(sys, word.slice(0, 2), value)
    if (ns === null) return -2
    if (letter === 't') o.closeWait = ns
    else o.inactivity = ns
    return word.length > 2 ? 0 : 1
  }
  if (letter === 'b') {
    const value = word.length > 2 ? word.slice(2) : (next ?? '')
    if (!/^[1-9]\d{0,8}$/.test(value)) {
      log(sys, 'E', `parseopts(): missing numerical value of option "-b"`)
      return -2
    }
    o.blockSize = Number(value)
    return word.length > 2 ? 0 : 1
  }
  if ('vxuU'.includes(letter)) {
    sys.write(2, `Do not merge single character options, i.e. use "-${letter} -${word[2]}" instead of "${word}"\n`)
    return -2
  }
  if (REFUSED.includes(letter) || /^-d+$/.test(word)) {
    sys.write(2, notModelled('socat', `option ${word}`))
    return -2
  }
  log(sys, 'E', `unknown option "${word}"; use option "-h" for help`)
  return -2
}

export function parseSocat(sys: Sys, argv: readonly string[]): SocatOptions | number {
  const o: Draft = {
    level: 0,
    verbose: false,
    hex: false,
    direction: 'both',
    blockSize: 8192,
    closeWait: 500_000_000,
    inactivity: 0,
    left: null,
    right: null,
  }
  let at = 1
  for (; at < argv.length; at++) {
    const word = argv[at]!
    if (word === '-' || !word.startsWith('-')) break
    const used = option(sys, o, word, argv[at + 1])
    if (used < 0) return -1 - used
    at += used
  }
  if (o.level > 2) {
    sys.write(2, notModelled('socat', 'more than -d -d'))
    return 1
  }
  const rest = argv.slice(at)
  if (rest.length !== 2) {
    log(sys, 'E', `exactly 2 addresses required (there are ${rest.length}); use option "-h" for help`)
    return 1
  }
  try {
    return { ...o, left: parseAddress(rest[0]!), right: parseAddress(rest[1]!) }
  } catch (e) {
    if (!(e instanceof AddressError) || e.plain) return exitStatus(sys, e)
    log(sys, 'E', e.text)
    return e.status
  }
}
