// tcpdump's command line (getopt_long: options may follow the filter's words). Read first: tcpdump(1).
// Options of the real program that are not modelled are refused by name.

export interface Options {
  readonly device: string | null
  /** 0: no limit. */
  readonly count: number
  readonly snaplen: number
  readonly numeric: boolean
  readonly linkLevel: boolean
  readonly verbose: number
  readonly quiet: boolean
  /** Number of -t. */
  readonly time: number
  readonly absoluteSeq: boolean
  readonly hex: number
  readonly hexAscii: number
  readonly ascii: number
  readonly lineBuffered: boolean
  readonly packetBuffered: boolean
  readonly promisc: boolean
  readonly direction: 'in' | 'out' | 'inout'
  readonly read: string | null
  readonly write: string | null
  /** --print: also with -w. */
  readonly print: boolean
  /** --count */
  readonly countOnly: boolean
  /** -# */
  readonly packetNumber: boolean
  readonly list: boolean
  readonly filter: string
}

export type Parsed =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly code: number; readonly out: string; readonly err: string }

const MAX_SNAPLEN = 262144

const VERSION = 'tcpdump version 4.99.3\nlibpcap version 1.10.3 (with TPACKET_V3)\nOpenSSL 3.0.19 27 Jan 2026\n'
const USAGE = `${VERSION}Usage: tcpdump [-AbdDefhHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]
\t\t[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]
\t\t[ -i interface ] [ --immediate-mode ] [ -j tstamptype ]
\t\t[ -M secret ] [ --number ] [ --print ] [ -Q in|out|inout ]
\t\t[ -r file ] [ -s snaplen ] [ -T type ] [ --version ]
\t\t[ -V file ] [ -w file ] [ -W filecount ] [ -y datalinktype ]
\t\t[ --time-stamp-precision precision ] [ --micro ] [ --nano ]
\t\t[ -z postrotate-command ] [ -Z user ] [ expression ]
`

/** Letters with an argument, letters without. */
const WITH_ARGUMENT = 'BcCEFGijmMQrsTVwWyzZ'
const ALONE = 'aAbdDefhHIJKlLnNOpqStuUvxXY#'
const NOT_MODELLED = 'BCEFGjmMTVWyzZbdfHIJLNY'

/** Long options: their letter, or a word of their own. */
const LONG: ReadonlyMap<string, string> = new Map([
  ['buffer-size', 'B'],
  ['list-interfaces', 'D'],
  ['help', 'h'],
  ['interface', 'i'],
  ['monitor-mode', 'I'],
  ['time-stamp-type', 'j'],
  ['list-time-stamp-types', 'J'],
  ['dont-verify-checksums', 'K'],
  ['list-data-link-types', 'L'],
  ['no-optimize', 'O'],
  ['no-promiscuous-mode', 'p'],
  ['direction', 'Q'],
  ['snapshot-length', 's'],
  ['absolute-tcp-sequence-numbers', 'S'],
  ['packet-buffered', 'U'],
  ['linktype', 'y'],
  ['immediate-mode', 'immediate-mode'],
  ['debug-filter-parser', 'Y'],
  ['relinquish-privileges', 'Z'],
  ['count', 'count'],
  ['number', '#'],
  ['print', 'print'],
  ['version', 'version'],
  ['micro', 'micro'],
  ['nano', 'nano'],
  ['time-stamp-precision', 'time-stamp-precision'],
])

type Draft = { -readonly [K in keyof Options]: Options[K] }

function failure(message: string): Parsed {
  return { ok: false, code: 1, out: '', err: `tcpdump: ${message}\n` }
}

function usage(message: string): Parsed {
  return { ok: false, code: 1, out: '', err: `tcpdump: ${message}\n${USAGE}` }
}

function draft(): Draft {
  return {
    device: null,
    count: 0,
    snaplen: MAX_SNAPLEN,
    numeric: false,
    linkLevel: false,
    verbose: 0,
    quiet: false,
    time: 0,
    absoluteSeq: false,
    hex: 0,
    hexAscii: 0,
    ascii: 0,
    lineBuffered: false,
    packetBuffered: false,
    promisc: true,
    direction: 'inout',
    read: null,
    write: null,
    print: false,
    countOnly: false,
    packetNumber: false,
    list: false,
    filter: '',
  }
}

type Of<T> = { [K in keyof Options]: Options[K] extends T ? K : never }[keyof Options]

const SWITCHES: ReadonlyMap<string, Of<boolean>> = new Map([
  ['D', 'list'],
  ['e', 'linkLevel'],
  ['l', 'lineBuffered'],
  ['n', 'numeric'],
  ['q', 'quiet'],
  ['S', 'absoluteSeq'],
  ['U', 'packetBuffered'],
  ['#', 'packetNumber'],
  ['count', 'countOnly'],
  ['print', 'print'],
])
const COUNTERS: ReadonlyMap<string, 'ascii' | 'time' | 'verbose' | 'hex' | 'hexAscii'> = new Map([
  ['A', 'ascii'],
  ['t', 'time'],
  ['v', 'verbose'],
  ['x', 'hex'],
  ['X', 'hexAscii'],
])
/** Taken without effect on what is captured and printed here: -a and -u are idle in the real one too. */
const IDLE: ReadonlySet<string> = new Set(['a', 'O', 'u', 'micro', 'immediate-mode'])

function notModelled(option: string): Parsed {
  return failure(`option ${option.length === 1 ? '-' : '--'}${option} is not modelled`)
}

/** An option without argument; a result ends the program. */
function flag(o: Draft, option: string): Parsed | null {
  const field = SWITCHES.get(option)
  const counter = COUNTERS.get(option)
  if (field !== undefined) o[field] = true
  else if (counter !== undefined) o[counter]++
  else if (option === 'p') o.promisc = false
  else if (option === 'h') return { ok: false, code: 0, out: USAGE, err: '' }
  else if (option === 'version') return { ok: false, code: 0, out: VERSION, err: '' }
  else if (!IDLE.has(option)) return notModelled(option)
  return null
}

/** atoi(3) */
function atoi(text: string): number {
  return Number.parseInt(/^\s*[-+]?\d+/.exec(text)?.[0] ?? '0', 10)
}

function snaplen(o: Draft, text: string): Parsed | null {
  const n = /^\s*[-+]?(0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? parseC(text.trim()) : -1
  if (n < 0 || n > MAX_SNAPLEN) return failure(`invalid snaplen ${text} (must be >= 0 and <= ${MAX_SNAPLEN})`)
  o.snaplen = n === 0 ? MAX_SNAPLEN : n
  return null
}

/** strtol(3) with base 0, for text that is known to be a number. */
function parseC(text: string): number {
  const digits = text.replace(/^[-+]/, '')
  const n = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return text.startsWith('-') ? -n : n
}

/** An option with its argument. */
function valued(o: Draft, letter: string, value: string): Parsed | null {
  switch (letter) {
    case 'c': {
      const n = atoi(value)
      if (n <= 0) return failure(`invalid packet count ${value}`)
      o.count = n
      return null
    }
    case 'i':
      o.device = value
      return null
    case 'Q': {
      const d = value.toLowerCase()
      if (d !== 'in' && d !== 'out' && d !== 'inout') return failure(`unknown capture direction \`${value}'`)
      o.direction = d
      return null
    }
    case 'r':
      o.read = value
      return null
    case 's':
      return snaplen(o, value)
    case 'w':
      o.write = value
      return null
    case 'B':
      if (atoi(value) <= 0) return failure(`invalid packet buffer size ${value}`)
      break
    case 'W':
      if (atoi(value) <= 0) return failure(`invalid number of output files ${value}`)
      break
    case 'time-stamp-precision':
      if (value === 'micro') return null
      break
  }
  return notModelled(letter)
}

/** --name or --name=value; a unique beginning of a name is enough. */
function longOption(o: Draft, word: string, rest: string[]): Parsed | null {
  const [name = '', ...parts] = word.slice(2).split('=')
  const value = parts.length > 0 ? parts.join('=') : null
  const candidates = LONG.has(name) ? [name] : [...LONG.keys()].filter((k) => k.startsWith(name))
  if (candidates.length === 0) return usage(`unrecognized option '--${name}'`)
  if (candidates.length > 1)
    return usage(`option '--${name}' is ambiguous; possibilities: ${candidates.map((c) => `'--${c}'`).join(' ')}`)
  const full = candidates[0] ?? ''
  const letter = LONG.get(full) ?? ''
  if (!(letter.length === 1 ? WITH_ARGUMENT.includes(letter) : letter === 'time-stamp-precision')) {
    return value === null ? flag(o, letter) : usage(`option '--${full}' doesn't allow an argument`)
  }
  const argument = value ?? rest.shift()
  return argument === undefined ? usage(`option '--${full}' requires an argument`) : valued(o, letter, argument)
}

/** -nvi eth0: letters up to one with an argument. */
function shortOptions(o: Draft, word: string, rest: string[]): Parsed | null {
  for (let i = 1; i < word.length; i++) {
    const letter = word.charAt(i)
    if (WITH_ARGUMENT.includes(letter)) {
      const argument = i + 1 < word.length ? word.slice(i + 1) : rest.shift()
      return argument === undefined ? usage(`option requires an argument -- '${letter}'`) : valued(o, letter, argument)
    }
    if (!ALONE.includes(letter)) return usage(`invalid option -- '${letter}'`)
    const end = NOT_MODELLED.includes(letter) ? notModelled(letter) : flag(o, letter)
    if (end !== null) return end
  }
  return null
}

/** argv without the program's name. */
export function parseOptions(argv: readonly string[]): Parsed {
  const o = draft()
  const rest = [...argv]
  const words: string[] = []
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      words.push(...rest)
      break
    }
    let end: Parsed | null = null
    if (word.startsWith('--')) end = longOption(o, word, rest)
    else if (word.startsWith('-') && word.length > 1) end = shortOptions(o, word, rest)
    else words.push(word)
    if (end !== null) return end
  }
  if (o.time > 5) return failure('only -t, -tt, -ttt, -tttt and -ttttt are supported')
  o.filter = words.join(' ')
  return { ok: true, options: o }
}
