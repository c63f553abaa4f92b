// The options of `iptables`: getopt's tables, and which option a command may have with it.
// Read first: original_opts (iptables/iptables.c), commands_v_options and inverse_for_options (iptables/xshared.c).
import {
  IPT_INV_DSTIP,
  IPT_INV_FRAG,
  IPT_INV_PROTO,
  IPT_INV_SRCIP,
  IPT_INV_VIA_IN,
  IPT_INV_VIA_OUT,
} from '../../uapi/netfilter.ts'
import { problem } from './exit.ts'
import { type LongOption, optionTable } from './getopt.ts'

function long(text: string): readonly LongOption[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const m = /^([\w-]+)(:{0,2})\/(.)$/.exec(word)!
      return Object.freeze({
        name: m[1]!,
        arg: m[2] === '' ? 'none' : m[2] === ':' ? 'required' : 'optional',
        letter: m[3]!,
      })
    })
}

export const IPTABLES_OPTIONS = optionTable(
  '-:A:C:D:E:F::I:L::M:N:P:VX::Z::c:d:i:j:o:p:s:t:R:S::W::46bfg:h::m:nvw::x',
  long(`append:/A delete:/D check:/C insert:/I replace:/R list::/L list-rules::/S flush::/F zero::/Z new-chain:/N
    delete-chain::/X rename-chain:/E policy:/P source:/s destination:/d src:/s dst:/d protocol:/p in-interface:/i
    jump:/j table:/t match:/m numeric/n out-interface:/o verbose/v wait::/w wait-interval::/W exact/x fragments/f
    version/V help::/h line-numbers/0 modprobe:/M set-counters:/c goto:/g ipv4/4 ipv6/6`),
)

export const RESTORE_OPTIONS = optionTable(
  'bcvVthnwWM:T:',
  long(`counters/c verbose/v version/V test/t help/h noflush/n modprobe:/M table:/T wait::/w wait-interval::/W`),
)

export const SAVE_OPTIONS = optionTable('bcdt:M:f:V', long('counters/c dump/d table:/t modprobe:/M file:/f version/V'))

/** CMD_…: -Z may stand with -L or -S. */
export const CMD_INSERT = 0x0001
export const CMD_DELETE = 0x0002
export const CMD_DELETE_NUM = 0x0004
export const CMD_REPLACE = 0x0008
export const CMD_APPEND = 0x0010
export const CMD_LIST = 0x0020
export const CMD_FLUSH = 0x0040
export const CMD_ZERO = 0x0080
export const CMD_NEW_CHAIN = 0x0100
export const CMD_DELETE_CHAIN = 0x0200
export const CMD_SET_POLICY = 0x0400
export const CMD_RENAME_CHAIN = 0x0800
export const CMD_LIST_RULES = 0x1000
export const CMD_ZERO_NUM = 0x2000
export const CMD_CHECK = 0x4000

const COMMAND_LETTERS = 'IDDRALFZNXPESZC'

/** cmd2char */
export function commandLetter(command: number): string {
  return COMMAND_LETTERS[31 - Math.clz32(command)] ?? '?'
}

/** OPT_…: bit i is OPTION_LETTERS[i]. */
export const OPT_NUMERIC = 0x001
export const OPT_SOURCE = 0x002
export const OPT_DESTINATION = 0x004
export const OPT_PROTOCOL = 0x008
export const OPT_JUMP = 0x010
export const OPT_VERBOSE = 0x020
export const OPT_EXPANDED = 0x040
export const OPT_VIANAMEIN = 0x080
export const OPT_VIANAMEOUT = 0x100
export const OPT_LINENUMBERS = 0x200
export const OPT_COUNTERS = 0x400
export const OPT_FRAGMENT = 0x800

const OPTION_LETTERS = 'nsdpjvxio0cf'

/** opt2char */
export function optionLetter(option: number): string {
  return OPTION_LETTERS[31 - Math.clz32(option)]!
}

/** What "!" before the option sets, by bit; 0 where it may not stand. */
export const INVERSE: readonly number[] = Object.freeze([
  0,
  IPT_INV_SRCIP,
  IPT_INV_DSTIP,
  IPT_INV_PROTO,
  0,
  0,
  0,
  IPT_INV_VIA_IN,
  IPT_INV_VIA_OUT,
  0,
  0,
  IPT_INV_FRAG,
])

const RULE_OPTIONS =
  OPT_SOURCE | OPT_DESTINATION | OPT_PROTOCOL | OPT_JUMP | OPT_VERBOSE | OPT_VIANAMEIN | OPT_VIANAMEOUT | OPT_FRAGMENT

/** Options that are legal with a command, in the order of the CMD bits. */
const LEGAL: readonly number[] = Object.freeze([
  RULE_OPTIONS | OPT_COUNTERS, // -I
  RULE_OPTIONS, // -D
  OPT_VERBOSE, // -D with a number
  RULE_OPTIONS | OPT_COUNTERS, // -R
  RULE_OPTIONS | OPT_COUNTERS, // -A
  OPT_NUMERIC | OPT_VERBOSE | OPT_EXPANDED | OPT_LINENUMBERS, // -L
  OPT_VERBOSE, // -F
  OPT_VERBOSE, // -Z
  OPT_VERBOSE, // -N
  OPT_VERBOSE, // -X
  OPT_VERBOSE | OPT_COUNTERS, // -P
  OPT_VERBOSE, // -E
  OPT_VERBOSE, // -S
  OPT_VERBOSE, // -Z with a number
  RULE_OPTIONS, // -C
])

/** generic_opt_check: legal with any of the commands is legal. */
export function checkLegal(command: number, options: number): void {
  let legal = 0
  for (let bit = 0; bit < LEGAL.length; bit++) if ((command & (1 << bit)) !== 0) legal |= LEGAL[bit]!
  const illegal = options & ~legal
  if (illegal !== 0) problem(`Illegal option \`-${optionLetter(illegal & -illegal)}' with this command`)
}

const ABOUT_RULES = CMD_APPEND | CMD_DELETE | CMD_DELETE_NUM | CMD_CHECK | CMD_INSERT | CMD_REPLACE

/** -o is not for packets that come in, -i not for those that go out; the tool looks at the chain's name only. */
export function checkInterfaces(command: number, chain: string, options: number): void {
  if ((command & ABOUT_RULES) === 0) return
  if ((chain === 'PREROUTING' || chain === 'INPUT') && (options & OPT_VIANAMEOUT) !== 0)
    problem(`Can't use -o with ${chain}\n`)
  if ((chain === 'POSTROUTING' || chain === 'OUTPUT') && (options & OPT_VIANAMEIN) !== 0)
    problem(`Can't use -i with ${chain}\n`)
}
