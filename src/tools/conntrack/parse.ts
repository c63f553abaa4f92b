// A command line of conntrack: one command, what it asks of connections, and how they are shown (do_parse of src/conntrack.c).
// Read first: conntrack(8), command.ts. Leaves out what makes or changes connections (-I, -A, -U, -R), labels and secmarks.
import { type CtFilter, IPS_SEEN_REPLY } from '../../uapi/conntrack.ts'
import type { Sys } from '../../uapi/program.ts'
import { type Command, checkCommand, type OptionName } from './command.ts'
import { notModelled, other, problem } from './exit.ts'
import { Getopt } from './getopt.ts'
import { atoi, looseNumber, parseAddress, strtoul } from './numbers.ts'
import { checkProtocol, type Draft, findProtocol, type Protocol, parseProtocolOption } from './protocols.ts'
import { ADDRESSES, COMMANDS, EVENTS, LONG, LONG_OF, OF_EXPECTATIONS, OUTPUTS, SHORT, STATUS } from './words.ts'

export interface Output {
  xml: boolean
  extended: boolean
  timestamp: boolean
  id: boolean
  save: boolean
  labels: boolean
}

/** What `-e` asks for. */
export interface EventMask {
  new: boolean
  update: boolean
  destroy: boolean
}

export interface Parsed {
  readonly command: Command
  /** Table of -L: dying and unconfirmed connections are never found lying around here. */
  readonly table: Table
  readonly filter: CtFilter
  readonly family: 'ipv4' | 'ipv6' | null
  /** `-u` by value and mask, as the kernel's dump compares it; null without -u. */
  readonly status: { readonly value: number; readonly mask: number } | null
  readonly output: Output
  readonly events: EventMask
  readonly zero: boolean
  readonly bufferSize: number | null
  readonly protocol: Protocol | null
}

type Table = 'conntrack' | 'expect' | 'dying' | 'unconfirmed'

const NAT_OPTIONS: Readonly<Record<string, OptionName>> = Object.freeze({ n: 'src-nat', g: 'dst-nat', j: 'any-nat' })

class Parser {
  readonly sys: Sys
  readonly words: Getopt
  command: Command | null = null
  table: Table = 'conntrack'
  readonly given = new Set<OptionName>()
  readonly protocolGiven = new Set<string>()
  readonly filter: Draft = {}
  family: 'ipv4' | 'ipv6' | null = null
  status: { value: number; mask: number } | null = null
  readonly output: Output = { xml: false, extended: false, timestamp: false, id: false, save: false, labels: false }
  readonly events: EventMask = { new: false, update: false, destroy: false }
  srcMask: number | null = null
  dstMask: number | null = null
  protocol: Protocol | null = null
  bufferSize: number | null = null

  constructor(sys: Sys, argv: readonly string[]) {
    this.sys = sys
    this.words = new Getopt(argv, SHORT, LONG)
  }

  setFamily(family: 'ipv4' | 'ipv6'): void {
    if (this.family !== null && this.family !== family) problem('mismatched address family')
    this.family = family
  }

  /** check_type and add_command */
  takeCommand(letter: string, glued: string | null): void {
    const word = this.words.optional(glued)
    if (word !== null) {
      const names: readonly Table[] = ['expect', 'conntrack', 'dying', 'unconfirmed']
      this.table = names.find((t) => t.startsWith(word)) ?? problem(`unknown type \`${word}'`)
      if (letter !== 'L' && (this.table === 'dying' || this.table === 'unconfirmed'))
        problem("Can't do that command with tables `dying' and `unconfirmed'")
    }
    if (letter === 'I' || letter === 'A' || letter === 'U') notModelled(`-${letter}`)
    const command = (this.table === 'expect' ? OF_EXPECTATIONS : COMMANDS)[letter]
    if (command === undefined) notModelled(`-${letter} expect`)
    if (this.command !== null) problem('Invalid commands combination')
    this.command = command
  }

  takeAddress(letter: string, text: string): void {
    const [name, field, maskAllowed] = ADDRESSES[letter]!
    const a = parseAddress(text, LONG_OF[letter]!, maskAllowed)
    this.setFamily(a.family)
    this.given.add(name)
    if (a.family === 'ipv6') return
    this.filter[field] = { addr: a.addr, mask: -1 }
    if (a.mask === null) return
    this.given.add(letter === 's' ? 'mask-src' : 'mask-dst')
    if (letter === 's') this.srcMask = a.mask
    else this.dstMask = a.mask
  }

  takeMask(letter: string, text: string): void {
    const a = parseAddress(text, letter === '{' ? 'mask-src' : 'mask-dst', false)
    this.setFamily(a.family)
    this.given.add(letter === '{' ? 'mask-src' : 'mask-dst')
    if (a.family === 'ipv6') return
    if (letter === '{') this.srcMask = a.addr
    else this.dstMask = a.addr
  }

  takeNat(letter: string, glued: string | null): void {
    this.given.add(NAT_OPTIONS[letter]!)
    const text = this.words.optional(glued)
    const to = text === null ? null : this.natTarget(text, letter)
    if (letter !== 'g') {
      this.filter.srcNat = true
      if (to !== null) this.filter.srcNatTo = to
    }
    if (letter !== 'n') {
      this.filter.dstNat = true
      if (to !== null) this.filter.dstNatTo = to
    }
    if (letter === 'j') this.filter.anyNat = true
  }

  private natTarget(text: string, letter: string): { addr: number | null; port: number | null } {
    const colon = text.indexOf(':')
    const hasPort = colon >= 0 && !text.includes(':', colon + 1)
    const port = hasPort ? text.slice(colon + 1) : null
    if (port === '') problem("No port specified after `:'")
    if (port !== null && (!/^\d+$/.test(port) || Number(port) > 65535)) problem(`Invalid port \`${port}'`)
    const a = parseAddress(hasPort ? text.slice(0, colon) : text, NAT_OPTIONS[letter]!, false)
    this.setFamily(a.family)
    return { addr: a.family === 'ipv4' ? a.addr : null, port: port === null ? null : Number(port) }
  }

  /** parse_parameter_mask: "ASSURED,!SEEN_REPLY", UNREPLIED. */
  takeStatus(text: string): void {
    const s = this.status ?? { value: 0, mask: 0 }
    this.given.add('status')
    const parts = text.split(',')
    parts.forEach((part, i) => {
      const negated = part.startsWith('!')
      const word = negated ? part.slice(1) : part
      const rest =
        (negated ? word : part) +
        parts
          .slice(i + 1)
          .map((p) => `,${p}`)
          .join('')
      if (word === '') problem(`Bad parameter \`${rest}'`)
      if (!negated && word.startsWith('UNREPLIED')) {
        s.mask |= IPS_SEEN_REPLY
        return
      }
      const bit = this.statusBit(word, rest)
      if (negated) s.mask |= bit
      else s.value |= bit
    })
    if (s.mask === 0) s.mask = s.value
    this.status = s
  }

  private statusBit(word: string, rest: string): number {
    const abbreviates = (name: string): boolean => name.startsWith(word.toUpperCase())
    for (const name of ['SRC_NAT', 'DST_NAT']) {
      if (!abbreviates(name)) continue
      this.sys.write(2, `WARNING: ignoring ${name}, use --${name === 'SRC_NAT' ? 'src' : 'dst'}-nat instead\n`)
      return 0
    }
    return STATUS.find(([name]) => abbreviates(name))?.[1] ?? problem(`Bad parameter \`${rest}'`)
  }

  /** parse_parameter: words of a list, which may be abbreviated. */
  private takeWords(text: string, known: readonly string[], take: (word: string) => void): void {
    const parts = text.split(',')
    parts.forEach((part, i) => {
      const found = known.find((k) => k.toLowerCase().startsWith(part.toLowerCase()))
      if (part === '' || found === undefined) problem(`Bad parameter \`${parts.slice(i).join(',')}'`)
      take(found)
    })
  }

  takeOutput(text: string): void {
    this.given.add('output')
    let ktimestamp = false
    this.takeWords(text, OUTPUTS, (word) => {
      // connections have no timestamps without nf_conntrack_timestamp: there is nothing to show
      if (word === 'ktimestamp') ktimestamp = true
      if (word !== 'userspace' && word !== 'ktimestamp') this.output[word as keyof Output] = true
    })
    const { save, ...others } = this.output
    if (save && (ktimestamp || Object.values(others).some((on) => on)))
      other('cannot combine save output with any other output type, use -o save only')
  }

  takeEvents(text: string): void {
    this.given.add('event-mask')
    this.takeWords(text, EVENTS, (word) => {
      if (word === 'ALL' || word === 'NEW') this.events.new = true
      if (word === 'ALL' || word === 'UPDATES') this.events.update = true
      if (word === 'ALL' || word === 'DESTROY') this.events.destroy = true
    })
  }

  /** parse_u32_mask */
  takeMark(text: string): void {
    this.given.add('mark')
    const value = strtoul(text)
    const masked = value?.rest.startsWith('/') === true
    const mask = masked ? looseNumber(value.rest.slice(1), 32) : 0xffffffff
    this.filter.mark = { value: (value?.value ?? 0) >>> 0, mask }
  }

  takeOption(opt: string, arg: string): void {
    switch (opt) {
      case 'p':
        this.given.add('protonum')
        this.protocol = findProtocol(arg)
        this.words.add(this.protocol.options)
        this.filter.protocol = this.protocol.number
        return
      case 't':
        this.given.add('timeout')
        return
      case 'u':
        this.takeStatus(arg)
        return
      case 'e':
        this.takeEvents(arg)
        return
      case 'o':
        this.takeOutput(arg)
        return
      case 'm':
        this.takeMark(arg)
        return
      case 'w':
        this.given.add('zone')
        this.filter.zone = looseNumber(arg, 16)
        return
      case '(':
        this.given.add('orig-zone')
        this.filter.origZone = looseNumber(arg, 16)
        return
      case ')':
        this.given.add('reply-zone')
        this.filter.replyZone = looseNumber(arg, 16)
        return
      case 'i':
        this.given.add('id')
        this.filter.id = looseNumber(arg, 32)
        return
      case 'f':
        this.given.add('family')
        if (arg.startsWith('ipv4')) this.setFamily('ipv4')
        else if (arg.startsWith('ipv6')) this.setFamily('ipv6')
        else problem(`\`${arg}' unsupported protocol`)
        return
      case 'b':
        this.given.add('buffer-size')
        this.bufferSize = atoi(arg)
        return
      default:
        this.takeRare(opt, arg)
    }
  }

  private takeRare(opt: string, arg: string): void {
    switch (opt) {
      case 'a':
        this.sys.write(2, 'WARNING: ignoring -a, deprecated option.\n')
        return
      case 'l':
        this.sys.write(2, 'nfct_labelmap_new: No such file or directory\n')
        problem(`unknown label '${arg.split(',')[0]}'`)
        return
      case '[':
      case ']':
        this.given.add(opt === '[' ? 'tuple-src' : 'tuple-dst')
        return
      case 'c':
        notModelled('-c (secmark)')
        return
      case '<':
      case '>':
        notModelled('--label-add, --label-del')
        return
      default:
        if (this.protocol !== null) this.protocolGiven.add(parseProtocolOption(opt, arg, this.filter))
    }
  }

  run(): void {
    for (let item = this.words.next(); item !== null; item = this.words.next()) {
      const { opt, arg } = item
      if ('LIDGFEVhCSUA'.includes(opt)) this.takeCommand(opt, arg)
      else if ('sdrq'.includes(opt)) this.takeAddress(opt, arg!)
      else if (opt === '{' || opt === '}') this.takeMask(opt, arg!)
      else if ('ngj'.includes(opt)) this.takeNat(opt, arg)
      else if (opt === 'z') this.given.add('zero')
      else this.takeOption(opt, arg ?? '')
    }
  }

  /** nfct_filter_init: masks of addresses. */
  applyMasks(): void {
    const { filter, given } = this
    if (given.has('mask-src')) {
      if (!given.has('src')) problem("Can't use --mask-src without --src")
      if (filter.origSrc !== undefined) filter.origSrc = { ...filter.origSrc, mask: this.srcMask ?? -1 }
    }
    if (given.has('mask-dst')) {
      if (!given.has('dst')) problem("Can't use --mask-dst without --dst")
      if (filter.origDst !== undefined) filter.origDst = { ...filter.origDst, mask: this.dstMask ?? -1 }
    }
  }
}

/** Filters that the program compares itself (CT_COMPARISON): -z is refused beside them. */
const COMPARED: readonly OptionName[] = Object.freeze([
  'protonum',
  'src',
  'dst',
  'reply-src',
  'reply-dst',
  'mark',
  'secmark',
  'status',
  'id',
  'zone',
  'label',
  'orig-zone',
  'reply-zone',
] as const)

export function parse(sys: Sys, argv: readonly string[]): Parsed {
  if (argv.length > 2 && (argv[1] === '-R' || argv[1] === '--load-file')) notModelled('-R')
  const p = new Parser(sys, argv)
  p.run()
  const { given } = p
  if (p.output.labels) sys.write(2, 'nfct_labelmap_new: No such file or directory\n')
  if (given.has('any-nat') && (given.has('src-nat') || given.has('dst-nat')))
    problem("cannot specify `--src-nat' or `--dst-nat' with `--any-nat'")
  const command = p.command ?? 'help'
  checkCommand(p.command, given)
  if (p.command !== null && command !== 'help' && p.protocol !== null)
    checkProtocol(p.protocol, command, p.protocolGiven)
  const zero = given.has('zero')
  if (command === 'list' && p.table === 'conntrack') {
    if (zero && COMPARED.some((o) => given.has(o))) problem("Can't use -z with filtering parameters")
  }
  if (command === 'list' || command === 'delete' || command === 'event') p.applyMasks()
  return {
    command,
    table: p.table,
    filter: p.filter,
    family: p.family,
    status: p.status,
    output: p.output,
    events: given.has('event-mask') ? p.events : { new: true, update: true, destroy: true },
    zero,
    bufferSize: p.bufferSize,
    protocol: p.protocol,
  }
}
