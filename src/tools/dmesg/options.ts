// dmesg's command line (util-linux 2.38, sys-utils/dmesg.c). Refused by name: files, JSON, colours, --since and --until, the old system call.
import { ToolExit } from '../lib/exit.ts'
import { getopt, type LongOption } from '../lib/getopt.ts'
import { refuse } from '../lib/refuse.ts'
import type { TimeFormat } from './format.ts'
import { HELP } from './help.ts'
import { parseFacility, parseLevel, parseList } from './names.ts'

const TRY_HELP = "Try 'dmesg --help' for more information.\n"

const SHORT = 'CcDdEeF:f:HhJkL::l:n:iPprSs:TtuVWwx'

function long(text: string): readonly LongOption[] {
  const words = text.trim().split(/\s+/)
  const entry = (word: string): LongOption => {
    const m = /^([\w-]+)(:{0,2})\/(.+)$/.exec(word)!
    return Object.freeze({
      name: m[1]!,
      arg: m[2] === '' ? 'none' : m[2] === ':' ? 'required' : 'optional',
      opt: m[3]!,
    })
  }
  return Object.freeze(words.map(entry))
}

const LONG = long(`buffer-size:/s clear/C color::/L console-level:/n console-off/D console-on/E decode/x file:/F
  facility:/f follow/w follow-new/W human/H help/h json/J kernel/k level:/l since:/since until:/until syslog/S raw/r
  read-clear/c reltime/e show-delta/d ctime/T noescape/noescape notime/t nopager/P userspace/u version/V
  time-format:/time-format force-prefix/p`)

/** Options that exclude one another, in the order that the message names them (err_exclusive_options). */
const EXCLUSIVE: readonly string[] = Object.freeze(['CDEcnr', 'Hr', 'Lr', 'Sw', 'Tr', 'dr', 'er', 'rx', 'rt'])

const TIME_FORMATS: Readonly<Record<string, TimeFormat>> = Object.freeze({
  delta: 'delta',
  reltime: 'reltime',
  ctime: 'ctime',
  notime: 'none',
  iso: 'iso',
})

export type Action = 'read' | 'clear' | 'read-clear' | 'console' | 'follow' | 'follow-new'

export interface Options {
  action: Action
  levels: ReadonlySet<number> | null
  facilities: ReadonlySet<number> | null
  time: TimeFormat
  delta: boolean
  decode: boolean
  raw: boolean
}

function longName(letter: string): string {
  return `--${LONG.find((o) => o.opt === letter)!.name}`
}

function checkExclusive(seen: Set<string>, letter: string): void {
  for (const group of EXCLUSIVE) {
    if (!group.includes(letter)) continue
    if ([...group].some((other) => other !== letter && seen.has(other)))
      throw new ToolExit(`dmesg: mutually exclusive arguments: ${[...group].map(longName).join(' ')}\n`, 1)
  }
  seen.add(letter)
}

export function readOptions(argv: readonly string[]): Options {
  const o: Options = {
    action: 'read',
    levels: null,
    facilities: null,
    time: 'time',
    delta: false,
    decode: false,
    raw: false,
  }
  const { items, rest } = getopt(['dmesg', ...argv.slice(1)], SHORT, LONG)
  const seen = new Set<string>()
  for (const { opt, arg, error } of items) {
    if (error !== null) throw new ToolExit(error + TRY_HELP, 1)
    checkExclusive(seen, opt)
    take(o, opt, arg ?? '')
  }
  if (rest.length > 0) throw new ToolExit(`dmesg: bad usage\n${TRY_HELP}`, 1)
  return o
}

function take(o: Options, opt: string, arg: string): void {
  switch (opt) {
    case 'h':
      throw new ToolExit(HELP, 0, 1)
    case 'V':
      throw new ToolExit('dmesg from util-linux 2.38.1\n', 0, 1)
    case 'C':
      o.action = 'clear'
      break
    case 'c':
      o.action = 'read-clear'
      break
    case 'D':
    case 'E':
      o.action = 'console'
      break
    case 'n':
      parseLevel(arg)
      o.action = 'console'
      break
    case 'w':
      o.action = 'follow'
      break
    case 'W':
      o.action = 'follow-new'
      break
    case 'l':
      o.levels = parseList(arg, parseLevel)
      break
    case 'f':
      o.facilities = parseList(arg, parseFacility)
      break
    case 'k':
      o.facilities = new Set([0])
      break
    case 'u':
      o.facilities = new Set()
      break
    default:
      takeFormat(o, opt, arg)
  }
}

/** How lines look. */
function takeFormat(o: Options, opt: string, arg: string): void {
  switch (opt) {
    case 'd':
      o.delta = true
      break
    case 'e':
    case 'H':
      o.time = 'reltime'
      break
    case 'T':
      o.time = 'ctime'
      break
    case 't':
      o.time = 'none'
      break
    case 'time-format':
      o.time = TIME_FORMATS[arg] ?? fail(`unknown time format: ${arg}`)
      break
    case 'x':
      o.decode = true
      break
    case 'r':
      o.raw = true
      break
    case 's':
      // only the old system call has a buffer of its own
      if (!/^\d+$/.test(arg)) fail(`invalid buffer size argument: '${arg}'`)
      break
    case 'P':
    case 'p':
    case 'noescape':
      // there is no pager, and no line that these would change
      break
    case 'L':
      if (arg === 'always') refuse('dmesg', '--color=always', 1)
      if (arg !== '' && arg !== 'auto' && arg !== 'never') fail(`unsupported color mode: '${arg}'`)
      break
    default:
      return refuse('dmesg', longName(opt), 1)
  }
}

function fail(text: string): never {
  throw new ToolExit(`dmesg: ${text}\n`, 1)
}
