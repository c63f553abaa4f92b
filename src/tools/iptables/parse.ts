// A command line of `iptables`, or a line of iptables-restore, as a command and a rule.
// Read first: do_parse, ipv4_post_parse (iptables/xshared.c); options.ts. What the kernel or the table has to say comes later: command.ts.
import { IPT_INV_DSTIP, IPT_INV_PROTO, IPT_INV_SRCIP } from '../../uapi/netfilter.ts'
import type { Sys } from '../../uapi/program.ts'
import type { Match } from '../../uapi/xt.ts'
import { parseAddresses } from './address.ts'
import { otherProblem, problem, tryHelp, VERSION } from './exit.ts'
import type { RuleSoFar } from './extension.ts'
import { Args, EXTENSION, NO_ARGUMENT, UNKNOWN, WORD } from './getopt.ts'
import { parseInterface } from './interface.ts'
import { checkChainName, checkTargetName } from './labels.ts'
import { findMatch, findProtocolMatch, findTarget } from './lookup.ts'
import { leadingNumber, strtoui } from './number.ts'
import {
  CMD_APPEND,
  CMD_CHECK,
  CMD_DELETE,
  CMD_DELETE_CHAIN,
  CMD_DELETE_NUM,
  CMD_FLUSH,
  CMD_INSERT,
  CMD_LIST,
  CMD_LIST_RULES,
  CMD_NEW_CHAIN,
  CMD_RENAME_CHAIN,
  CMD_REPLACE,
  CMD_SET_POLICY,
  CMD_ZERO,
  CMD_ZERO_NUM,
  checkInterfaces,
  checkLegal,
  commandLetter,
  INVERSE,
  IPTABLES_OPTIONS,
  OPT_COUNTERS,
  OPT_DESTINATION,
  OPT_EXPANDED,
  OPT_FRAGMENT,
  OPT_JUMP,
  OPT_LINENUMBERS,
  OPT_NUMERIC,
  OPT_PROTOCOL,
  OPT_SOURCE,
  OPT_VERBOSE,
  OPT_VIANAMEIN,
  OPT_VIANAMEOUT,
  optionLetter,
} from './options.ts'
import { Command, type Parsed, type RestoreLine } from './parsed.ts'
import { parseProtocol } from './protocols.ts'
import type { Session } from './session.ts'
import { ExtensionUse, type UseContext } from './use.ts'
import type { Resolver } from './values.ts'
import { parseWait, parseWaitInterval } from './wait.ts'

const INT_MAX = 0x7fffffff
/** argv of a line of iptables-restore begins with NAME -t TABLE. */
const LINE_WORDS = 3

class Parser implements UseContext {
  readonly sys: Sys
  readonly resolver: Resolver
  readonly rule: RuleSoFar
  private readonly session: Session
  private readonly args: Args
  private readonly restore: boolean
  private readonly c: Command
  /** "!" was met. */
  private not = false
  private wait = 0
  private intervalSet = false
  private protocolText: string | null = null
  private protocolUsed = false
  private source: string | null = null
  private destination: string | null = null

  constructor(session: Session, argv: readonly string[], restore: RestoreLine | null) {
    this.session = session
    this.restore = restore !== null
    this.c = new Command(restore?.table ?? 'filter')
    this.args = new Args(argv, IPTABLES_OPTIONS, session.index)
    if (restore !== null) this.args.at = LINE_WORDS
    this.sys = session.sys
    this.resolver = session.names
    this.rule = this.c
  }

  nextWord(): string | null {
    return this.args.hasArg() ? this.word() : null
  }

  parse(): Parsed {
    const { args } = this
    for (;;) {
      const letter = args.next()
      if (letter === null) break
      switch (letter) {
        case 'h':
          return this.help()
        case 'V': {
          const { prog } = this.session
          const text = this.not ? `Not ${VERSION} (legacy) ;-)\n` : `${prog} v${VERSION} (legacy)\n`
          return { kind: 'version', text }
        }
        case '6':
          if (this.restore) return { kind: 'ignored' }
          return tryHelp(this.session.prog, this.session.line, '')
        case WORD:
          if (args.arg !== '!') tryHelp(this.session.prog, this.session.line, `Bad argument \`${args.arg}'\n`)
          if (this.not) problem('multiple consecutive ! not allowed')
          this.not = true
          continue
        case EXTENSION:
        case UNKNOWN:
        case NO_ARGUMENT:
          if (this.extensionOption(letter)) continue
          break
        default:
          if (!this.commandOption(letter) && !this.ruleOption(letter)) this.otherOption(letter)
      }
      this.not = false
    }
    this.finish()
    return { kind: 'command', command: this.c }
  }

  private help(): Parsed {
    const { c, protocolText } = this
    const match = c.matchUses.length === 0 && protocolText !== null ? findProtocolMatch(protocolText) : null
    if (match !== null) c.matchUses = [new ExtensionUse(match)]
    return { kind: 'help', command: c }
  }

  /** The options that say what to do. False: it is none of them. */
  private commandOption(letter: string): boolean {
    const { c, args } = this
    switch (letter) {
      case 'A':
        this.setCommand(CMD_APPEND, 0)
        break
      case 'C':
        this.setCommand(CMD_CHECK, 0)
        break
      case 'D':
        this.setCommand(CMD_DELETE, 0)
        if (!args.hasArg()) break
        c.ruleNumber = this.number()
        c.command = CMD_DELETE_NUM
        break
      case 'R':
        this.setCommand(CMD_REPLACE, 0)
        c.ruleNumber = args.hasArg() ? this.number() : problem('-R requires a rule number')
        break
      case 'I':
        this.setCommand(CMD_INSERT, 0)
        c.ruleNumber = args.hasArg() ? this.number() : 1
        break
      case 'L':
      case 'S':
        this.setCommand(letter === 'L' ? CMD_LIST : CMD_LIST_RULES, CMD_ZERO | CMD_ZERO_NUM)
        if (args.hasArg()) c.ruleNumber = this.number()
        break
      case 'F':
        this.setCommand(CMD_FLUSH, 0)
        break
      case 'Z':
        this.setCommand(CMD_ZERO, CMD_LIST | CMD_LIST_RULES)
        if (!args.hasArg()) break
        c.ruleNumber = this.number()
        c.command = CMD_ZERO_NUM
        break
      case 'N':
        checkChainName(args.arg!)
        this.setCommand(CMD_NEW_CHAIN, 0)
        break
      case 'X':
        this.setCommand(CMD_DELETE_CHAIN, 0)
        break
      case 'E':
        this.setCommand(CMD_RENAME_CHAIN, 0)
        c.newName = args.hasArg() ? this.word() : problem('-E requires old-chain-name and new-chain-name')
        break
      case 'P':
        this.setCommand(CMD_SET_POLICY, 0)
        c.policy = args.hasArg() ? this.word() : problem('-P requires a chain and a policy')
        break
      default:
        return false
    }
    return true
  }

  /** add_command; the chain is the option's argument, or the next word where it may be left out. */
  private setCommand(command: number, others: number): void {
    const { c, args } = this
    if (this.not) problem("unexpected '!' flag")
    const clash = c.command & ~others
    if (clash !== 0) problem(`Cannot use -${commandLetter(command)} with -${commandLetter(clash)}`)
    c.command |= command
    if (args.arg !== null) c.chainName = args.arg
    else if (args.hasArg()) c.chainName = this.word()
  }

  private word(): string {
    return this.args.argv[this.args.at++]!
  }

  /** parse_rulenumber */
  private number(): number {
    const text = this.word()
    return strtoui(text, 1, INT_MAX) ?? problem(`Invalid rule number \`${text}'`)
  }

  /** set_option */
  private set(option: number): void {
    const { c } = this
    if ((c.options & option) !== 0) problem(`multiple -${optionLetter(option)} flags not allowed`)
    c.options |= option
    if (!this.not) return
    const flag = INVERSE[31 - Math.clz32(option)]!
    if (flag === 0) problem(`cannot have ! before -${optionLetter(option)}`)
    c.invert |= flag
  }

  /** The options that say which packets and what for. Several take argv[optind - 1], not optarg: "-ptcp" is no protocol. */
  private ruleOption(letter: string): boolean {
    const { c, args } = this
    switch (letter) {
      case 'p':
        this.set(OPT_PROTOCOL)
        this.protocolText = args.last.toLowerCase()
        c.protocol = parseProtocol(this.protocolText)
        if (c.protocol === 0 && (c.invert & IPT_INV_PROTO) !== 0) problem('rule would never match protocol')
        break
      case 's':
        this.set(OPT_SOURCE)
        this.source = args.last
        break
      case 'd':
        this.set(OPT_DESTINATION)
        this.destination = args.last
        break
      case 'g':
        this.set(OPT_JUMP)
        c.goto = true
        c.jump = checkTargetName(args.arg!)
        break
      case 'j':
        this.set(OPT_JUMP)
        this.jump(args.last)
        break
      case 'i':
      case 'o':
        if (args.arg === '') problem('Empty interface is likely to be undesired')
        this.set(letter === 'i' ? OPT_VIANAMEIN : OPT_VIANAMEOUT)
        c[letter === 'i' ? 'iif' : 'oif'] = parseInterface(args.last, this.session.sys)
        break
      case 'f':
        this.set(OPT_FRAGMENT)
        c.fragment = true
        break
      case 'm':
        if (this.not) problem('unexpected ! flag before --match')
        this.addMatch(findMatch(args.arg!))
        break
      default:
        return false
    }
    return true
  }

  /** command_jump */
  private jump(name: string): void {
    const { c } = this
    c.jump = checkTargetName(name)
    const found = findTarget(name)
    c.isTarget = found !== null
    if (found === null || found === 'verdict') return
    c.targetUse = new ExtensionUse(found)
    this.args.add(found)
  }

  private addMatch(ext: Parameters<Args['add']>[0] & ExtensionUse<Match>['ext']): void {
    this.c.matchUses = [...this.c.matchUses, new ExtensionUse(ext)]
    this.args.add(ext)
  }

  private otherOption(letter: string): void {
    const { c, args } = this
    switch (letter) {
      case 'v':
        if (c.verbose++ === 0) this.set(OPT_VERBOSE)
        break
      case 'n':
        this.set(OPT_NUMERIC)
        break
      case 't':
        if (this.not) problem('unexpected ! flag before --table')
        if (this.restore) problem(`The -t option cannot be used in ${this.session.prog}.\n`)
        c.table = args.arg!
        break
      case 'x':
        this.set(OPT_EXPANDED)
        break
      case 'w':
      case 'W':
        if (this.restore) problem(`You cannot use \`-${letter}' from iptables-restore`)
        if (letter === 'w') this.wait = parseWait(args)
        else {
          parseWaitInterval(args, this.session)
          this.intervalSet = true
        }
        break
      case '0':
        this.set(OPT_LINENUMBERS)
        break
      case 'c':
        this.counters()
        break
      case 'M':
      case '4':
        break
      default:
        otherProblem(`unhandled option ${letter}`)
    }
  }

  /** -c PKTS BYTES, or PKTS,BYTES */
  private counters(): void {
    const { c, args } = this
    this.set(OPT_COUNTERS)
    const text = args.arg!
    const comma = text.indexOf(',', 1)
    const bytes = comma >= 0 ? text.slice(comma + 1) : args.hasArg() ? this.word() : null
    if (bytes === null) problem('-c requires packet and byte counter')
    c.packets = leadingNumber(text) ?? problem('-c packet counter not numeric')
    c.bytes = leadingNumber(bytes) ?? problem('-c byte counter not numeric')
  }

  /** command_default. True: the same word is read again, now that the protocol's match is loaded. */
  private extensionOption(letter: string): boolean {
    const { args, c } = this
    if (letter === EXTENSION) {
      const { ext, entry } = args.found!
      if (c.targetUse !== null && c.targetUse.ext === ext) {
        c.targetUse.option(entry, args.arg, this.not, this)
        return false
      }
      const use = c.matchUses.findLast((u) => u.ext === ext)
      if (use === undefined) problem(`Unknown arg "${args.arg ?? '(null)'}"`)
      use.option(entry, args.arg, this.not, this)
      return false
    }
    const match = this.protocolText === null || this.protocolUsed ? null : findProtocolMatch(this.protocolText)
    if (match !== null) {
      this.protocolUsed = true
      this.addMatch(match)
      args.at--
      return true
    }
    if (letter === NO_ARGUMENT) problem(`option "${args.last}" requires an argument`)
    return problem(`unknown option "${args.last}"`)
  }

  /** What do_parse checks when all words are read, in its order. */
  private finish(): void {
    const { c, args } = this
    if (c.table === 'nat' && (c.policy === 'DROP' || c.jump === 'DROP'))
      problem('\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n')
    if (this.wait === 0 && this.intervalSet) problem('--wait-interval only makes sense with --wait\n')
    if (c.matchUses.length > 0) c.matches = Object.freeze(c.matchUses.map((m) => m.finish(this)))
    if (c.targetUse !== null) c.target = c.targetUse.finish(this)
    if (args.at < args.argv.length) problem('unknown arguments found on commandline')
    if (c.command === 0) problem('no command specified')
    if (this.not) problem('nothing appropriate following !')
    this.addresses()
    if (c.command === CMD_REPLACE && (c.sources.length !== 1 || c.destinations.length !== 1))
      problem('Replacement rule does not specify a unique address')
    checkLegal(c.command, c.options)
    if (c.chain.length >= 29) problem(`chain name \`${c.chain}' too long (must be under 29 chars)`)
    checkInterfaces(c.command, c.chain, c.options)
  }

  private addresses(): void {
    const { c } = this
    if (this.source !== null) c.sources = parseAddresses(this.source, this.session.names)
    if (this.destination !== null) c.destinations = parseAddresses(this.destination, this.session.names)
    if ((c.sources.length > 1 || c.destinations.length > 1) && (c.invert & (IPT_INV_SRCIP | IPT_INV_DSTIP)) !== 0)
      problem('! not allowed with multiple source or destination IP addresses')
  }
}

export function parseCommand(session: Session, argv: readonly string[], restore: RestoreLine | null): Parsed {
  return new Parser(session, argv, restore).parse()
}
