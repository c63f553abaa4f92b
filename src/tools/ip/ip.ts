// ip(8) of iproute2 6.1: global options, objects, and how it ends. One file per object beside this one.
// Read first: context.ts. Leaves out IPv6, MPLS and the bridge family, and the objects in REFUSED (by name).
import type { Main, MainResult, Sys, Wait } from '../../uapi/program.ts'
import { exitStatus, ToolExit } from '../lib/exit.ts'
import { address } from './address.ts'
import { matches } from './args.ts'
import { batch } from './batch.ts'
import { Context } from './context.ts'
import { CommandFailure, EXIT_FAILURE, EXIT_USAGE, invalidArgument, notModelled } from './exit.ts'
import { IP_HELP, usage } from './help.ts'
import { link } from './link.ts'
import { monitor } from './monitor.ts'
import { neigh } from './neigh.ts'
import { netns } from './netns.ts'
import { bindEtc } from './netns_exec.ts'
import { findNetns } from './netns_id.ts'
import { parseU32, strtol } from './numbers.ts'
import { defaultOptions } from './print_env.ts'
import { route } from './route.ts'
import { rule } from './rule.ts'

type ObjectCommand = (ctx: Context, words: readonly string[]) => MainResult

const help: ObjectCommand = () => usage(IP_HELP)
/** An object of the real tool that the model has not. */
const refused =
  (name: string): ObjectCommand =>
  () =>
    notModelled(`ip ${name}`)

/** In iproute2's order: the first that the word is a prefix of is meant. */
const OBJECTS: readonly (readonly [string, ObjectCommand])[] = Object.freeze([
  ['address', address],
  ['addrlabel', refused('addrlabel')],
  ['maddress', refused('maddress')],
  ['route', route],
  ['rule', rule],
  ['neighbor', neigh],
  ['neighbour', neigh],
  ['ntable', refused('ntable')],
  ['ntbl', refused('ntable')],
  ['link', link],
  ['l2tp', refused('l2tp')],
  ['fou', refused('fou')],
  ['ila', refused('ila')],
  ['macsec', refused('macsec')],
  ['tunnel', refused('tunnel')],
  ['tunl', refused('tunnel')],
  ['tuntap', refused('tuntap')],
  ['tap', refused('tuntap')],
  ['token', refused('token')],
  ['tcpmetrics', refused('tcp_metrics')],
  ['tcp_metrics', refused('tcp_metrics')],
  ['monitor', monitor],
  ['xfrm', refused('xfrm')],
  ['mroute', refused('mroute')],
  ['mrule', refused('mrule')],
  ['netns', netns],
  ['netconf', refused('netconf')],
  ['vrf', refused('vrf')],
  ['sr', refused('sr')],
  ['nexthop', refused('nexthop')],
  ['mptcp', refused('mptcp')],
  ['ioam', refused('ioam')],
  ['help', help],
  ['stats', refused('stats')],
])

/** How the global options were understood. */
interface Invocation {
  readonly words: readonly string[]
  readonly batchFile: string | null
  /** The command line without -netns, for a process that goes there itself. */
  readonly inside: readonly string[]
}

function setFamily(ctx: Context, text: string): void {
  if (text === 'help') usage(IP_HELP)
  if (text === 'inet' || text === 'link') ctx.opt.family = text
  else if (text === 'inet6' || text === 'mpls' || text === 'bridge') notModelled(`the family ${text}`)
  else invalidArgument('invalid protocol family', text)
}

/** -color[={always|auto|never}] */
function setColor(ctx: Context, option: string): boolean {
  const [name, when = ''] = option.split('=', 2)
  if (!matches(name!, '-color')) return false
  if (!['', 'always', 'auto', 'never'].includes(when)) return false
  const wanted = when === 'auto' ? ctx.sys.isatty(1) : when !== 'never'
  // the last of COLORFGBG's parts is the background: 0…6 and 8 are dark
  const dark = /;[0-68]$/.test(ctx.sys.env('COLORFGBG') ?? '')
  ctx.out.palette = wanted ? (dark ? 'dark' : 'light') : 'none'
  return true
}

/** Options without a value. In iproute2's order, since each prefix will do. */
const SWITCHES: readonly (readonly [string, (ctx: Context) => void])[] = Object.freeze([
  ['-human-readable', (c: Context) => void (c.opt.human = true)],
  ['-iec', (c: Context) => void (c.opt.iec = true)],
  ['-stats', (c: Context) => void c.opt.stats++],
  ['-statistics', (c: Context) => void c.opt.stats++],
  ['-details', (c: Context) => void (c.opt.details = true)],
  ['-resolve', (c: Context) => void (c.opt.resolve = true)],
  ['-oneline', (c: Context) => void (c.opt.oneline = true)],
  ['-timestamp', (c: Context) => void (c.opt.timestamp = Math.max(1, c.opt.timestamp))],
  ['-tshort', (c: Context) => void (c.opt.timestamp = 2)],
  ['-force', (c: Context) => void (c.opt.force = true)],
] as const)

const LATE_SWITCHES: readonly (readonly [string, (ctx: Context) => void])[] = Object.freeze([
  ['-brief', (c: Context) => void (c.opt.brief = true)],
  ['-json', (c: Context) => void (c.opt.json = true)],
  ['-pretty', (c: Context) => void (c.opt.pretty = true)],
] as const)

function version(ctx: Context): never {
  ctx.out.text('ip utility, iproute2-6.1.0, libbpf 1.1.2\n')
  throw new ToolExit('', 0)
}

function enterNetns(ctx: Context, name: string | undefined): void {
  const id = name === undefined ? null : findNetns(ctx, name)
  if (id === null) {
    throw new ToolExit(`Cannot open network namespace "${name ?? '(null)'}": No such file or directory\n`, EXIT_USAGE)
  }
  ctx.netns = id
  bindEtc(ctx, name!)
}

/** What options said besides setting something. */
interface Found {
  batchFile: string | null
  /** Where -netns stands. */
  readonly netnsAt: number[]
}

/** One option at `at`; the index of the next word. */
function takeOption(ctx: Context, argv: readonly string[], at: number, found: Found): number {
  const option = argv[at]!.startsWith('--') ? argv[at]!.slice(1) : argv[at]!
  const value = (): string => argv[at + 1] ?? usage(IP_HELP)
  const set = (table: typeof SWITCHES): boolean => {
    const entry = table.find(([name]) => matches(option, name))
    entry?.[1](ctx)
    return entry !== undefined
  }
  if (matches(option, '-loops')) ctx.opt.loops = strtol(value(), 10)?.value ?? 0
  else if (matches(option, '-family')) setFamily(ctx, value())
  else if (['-4', '-6', '-0', '-M', '-B'].includes(option)) {
    setFamily(ctx, { '-4': 'inet', '-6': 'inet6', '-0': 'link', '-M': 'mpls', '-B': 'bridge' }[option]!)
    return at + 1
  } else if (set(SWITCHES)) return at + 1
  else if (matches(option, '-Version')) version(ctx)
  else if (matches(option, '-batch')) found.batchFile = value()
  else if (set(LATE_SWITCHES)) return at + 1
  else if (matches(option, '-rcvbuf')) {
    if (parseU32(value()) === null) throw new ToolExit(`Invalid rcvbuf size '${value()}'\n`, EXIT_USAGE)
  } else if (setColor(ctx, option)) return at + 1
  else if (matches(option, '-help')) usage(IP_HELP)
  else if (matches(option, '-netns')) {
    enterNetns(ctx, argv[at + 1])
    found.netnsAt.push(at)
  } else if (matches(option, '-Numeric')) {
    ctx.names.numeric = true
    return at + 1
  } else if (matches(option, '-all')) {
    ctx.opt.all = true
    return at + 1
  } else if (option === '-echo') notModelled('ip -echo')
  else throw new ToolExit(`Option "${option}" is unknown, try "ip -help".\n`, EXIT_USAGE)
  return at + 2
}

function parseOptions(ctx: Context, argv: readonly string[]): Invocation {
  const found: Found = { batchFile: null, netnsAt: [] }
  let at = 1
  while (at < argv.length && argv[at]!.startsWith('-')) {
    if (argv[at] === '--') {
      at++
      break
    }
    at = takeOption(ctx, argv, at, found)
  }
  ctx.out.separator = ctx.opt.oneline ? '\\' : '\n'
  if (ctx.opt.json) ctx.out.palette = 'none'
  const inside = argv.filter((_, i) => !found.netnsAt.includes(i) && !found.netnsAt.includes(i - 1))
  return { words: argv.slice(at), batchFile: found.batchFile, inside }
}

function runObject(ctx: Context, words: readonly string[]): MainResult {
  const word = words[0] ?? ''
  const object = OBJECTS.find(([name]) => matches(word, name))
  if (object === undefined) {
    ctx.error(`Object "${word}" is unknown, try "ip help".\n`)
    return EXIT_FAILURE
  }
  return object[1](ctx, words.slice(1))
}

/** Does the word mean ip monitor? */
const isMonitor = (word: string): boolean => OBJECTS.find(([name]) => matches(word, name))?.[1] === monitor

/** The exit status and message of what a command threw; anything else goes on. */
function ended(ctx: Context, thrown: unknown): number {
  const status = exitStatus(ctx.sys, thrown)
  ctx.flush()
  return status
}

function* guarded(ctx: Context, body: Generator<Wait, number, void>): Generator<Wait, number, void> {
  try {
    const status = yield* body
    ctx.flush()
    return status
  } catch (thrown) {
    return ended(ctx, thrown)
  }
}

/** One command of a batch: a failure is a status, exit(3) ends the batch. */
function batchCommand(ctx: Context, words: readonly string[]): MainResult {
  try {
    const result = runObject(ctx, words)
    if (typeof result === 'number') ctx.flush()
    return result
  } catch (thrown) {
    if (thrown instanceof CommandFailure) return ended(ctx, thrown)
    throw thrown
  }
}

function runBatch(ctx: Context, file: string): MainResult {
  const { family } = ctx.opt
  ctx.opt.batch = true
  return batch(ctx, file, (words) => {
    ctx.opt.family = family
    return batchCommand(ctx, words)
  })
}

/** `ip …`: argv[0] is the program's name. */
export const ip: Main = (sys: Sys, argv: readonly string[]): MainResult => {
  const ctx = new Context(sys, defaultOptions())
  try {
    const { words, batchFile, inside } = parseOptions(ctx, argv)
    if (batchFile === null && words.length === 0) usage(IP_HELP)
    // notifications are heard by processes of a namespace: ip monitor has to be one
    if (ctx.netns !== sys.netns && batchFile === null && isMonitor(words[0]!)) {
      const there = sys.exec(inside, { netns: ctx.netns })
      if (there.ok) return there.value
    }
    const result = batchFile === null ? runObject(ctx, words) : runBatch(ctx, batchFile)
    if (typeof result !== 'number') return guarded(ctx, result)
    ctx.flush()
    return result
  } catch (thrown) {
    return ended(ctx, thrown)
  }
}
