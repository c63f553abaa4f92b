// What the spelling of a match or target is to the iptables tool (struct xtables_match, xtables_target; libxtables).
// Read first: uapi/xt.ts. One file each in match/ and target/; parsing of option values by type is in values.ts.
import type { Ip4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'
import type { Match, MatchName, MatchOf } from '../../uapi/xt.ts'
import type { Target, TargetName, TargetOf } from '../../uapi/xt_target.ts'

/** How libxtables reads an option's argument (enum xt_option_type). `rc` types are ranges "a:b". 'none' takes no argument. */
export type OptionType =
  | 'none'
  | 'string'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'uint8rc'
  | 'uint16rc'
  | 'uint32rc'
  | 'uint64rc'
  | 'double'
  | 'tosmask'
  | 'markmask32'
  | 'sysloglevel'
  | 'host'
  | 'hostmask'
  | 'protocol'
  | 'port'
  | 'portrc'
  | 'plen'
  | 'plenmask'
  | 'ethermac'

/** struct xt_option_entry. `old` extensions (with their own parse function in iptables) use type 'string' or 'none' and read the text themselves. */
export interface OptionEntry {
  readonly name: string
  /** Of another spelling: the name of the option that it is (one xt_option_entry id). */
  readonly id?: string
  readonly type: OptionType
  /** XTOPT_INVERT: may stand after "!". */
  readonly invert?: boolean
  /** XTOPT_MULTI: may be given more than once. */
  readonly multi?: boolean
  /** XTOPT_MAND: has to be given. */
  readonly mand?: boolean
  readonly min?: number
  readonly max?: number
  /** Options that have to be given with it, or may not. */
  readonly also?: readonly string[]
  readonly excl?: readonly string[]
  /** The argument may be missing (getopt's optional_argument). */
  readonly optional?: boolean
}

/** An argument as its type reads it. Ranges have one or two numbers; host has all addresses of a name; markmask32 and tosmask value and mask. */
export type OptionValue =
  | { readonly type: 'none' }
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'bigint'; readonly value: bigint }
  | { readonly type: 'range'; readonly values: readonly number[]; readonly open: boolean }
  | { readonly type: 'masked'; readonly value: number; readonly mask: number }
  | { readonly type: 'address'; readonly addr: number; readonly mask: number }
  | { readonly type: 'mac'; readonly mac: number }

/** One option met on the command line (struct xt_option_call). */
export interface OptionCall {
  readonly entry: OptionEntry
  readonly arg: string
  readonly invert: boolean
  readonly value: OptionValue
  /** Options of this extension met before (not counting this one), by id. */
  readonly seen: ReadonlySet<string>
  readonly rule: RuleSoFar
  readonly sys: Sys
  /** Takes the word behind the argument (argv[optind]), for options with two; null when there is none or it begins with "-" or "!". */
  nextWord(): string | null
  /** xtables_error(PARAMETER_PROBLEM, text): "iptables v1.8.9 (legacy): TEXT" and the hint, exit 2. */
  problem(text: string): never
  /** xtables_error(OTHER_PROBLEM, text): without the hint, exit 1. */
  other(text: string): never
}

/** What is known of the rule when an extension asks. */
export interface RuleSoFar {
  readonly protocol: number
  readonly protocolInverted: boolean
  readonly table: string
  readonly chain: string
}

export interface FinalCall {
  readonly seen: ReadonlySet<string>
  readonly rule: RuleSoFar
  readonly sys: Sys
  problem(text: string): never
  other(text: string): never
}

/** How a rule is shown: -n prints numbers instead of names. */
export interface PrintOptions {
  readonly numeric: boolean
}

/** What numbers are called, where -L without -n has names; null: nothing. */
export interface PrintNames {
  nameOf(addr: Ip4): string
  userOf(uid: number): string | null
  groupOf(gid: number): string | null
}

/** Of the rule that is printed. */
export interface PrintedRule {
  readonly protocol: number
  readonly names: PrintNames
}

/** One use of an extension while its options are read: it lives as long as one command line. */
export interface Draft<I> {
  parse(call: OptionCall): void
  /** x6_fcheck / final_check, and the finished data. */
  finish(call: FinalCall): I
}

/**
 * print is what `iptables -L` shows of it (without the blank before it, '' for nothing); save what `iptables-save` and -S show after
 * "-m NAME" / "-j NAME" (options only, without a leading blank, '' when there are none).
 */
export interface Extension<I extends Match | Target> {
  readonly name: I['name']
  /** The name that -L shows, where it is another (real_name: NOTRACK is CT). */
  readonly realName?: string
  readonly options: readonly OptionEntry[]
  /** What `iptables -m NAME -h` / `-j NAME -h` adds below the general help. */
  readonly help: string
  begin(): Draft<I>
  print(info: I, options: PrintOptions, rule?: PrintedRule): string
  save(info: I): string
}

export type MatchExtensions = { readonly [N in MatchName]: Extension<MatchOf<N>> }
export type TargetExtensions = { readonly [N in TargetName]: Extension<TargetOf<N>> }
