// What a command line of `iptables` says: the command, the rule, and the uses of extensions in it. Made by parse.ts, carried out by command.ts.
import { IPT_INV_PROTO } from '../../uapi/netfilter.ts'
import type { Match } from '../../uapi/xt.ts'
import type { Target } from '../../uapi/xt_target.ts'
import { type AddressMask, ANYWHERE } from './address.ts'
import type { RuleSoFar } from './extension.ts'
import type { ExtensionUse } from './use.ts'

/** Where the command is one line of a file. */
export interface RestoreLine {
  readonly table: string
}

/** -h and -V end the program before there is a command. */
export type Parsed =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'help'; readonly command: Command }
  | { readonly kind: 'version'; readonly text: string }
  /** -6 in a file: the line is for ip6tables-restore. */
  | { readonly kind: 'ignored' }

const NONE = Object.freeze([])

/** struct xt_cmd_parse, iptables_command_state and xtables_args while they are filled; read only afterwards. */
export class Command implements RuleSoFar {
  command = 0
  options = 0
  /** Null where all chains are meant. */
  chainName: string | null = null
  table: string
  ruleNumber = 0
  policy: string | null = null
  newName: string | null = null
  verbose = 0
  invert = 0
  protocol = 0
  iif = ''
  oif = ''
  fragment = false
  goto = false
  /** What -j or -g names, '' for nothing. */
  jump = ''
  packets = 0
  bytes = 0
  sources: readonly AddressMask[] = ANYWHERE
  destinations: readonly AddressMask[] = ANYWHERE
  matches: readonly Match[] = NONE
  target: Target | null = null
  /** True when `jump` is a target extension or a verdict: a chain of that name hides it, with a warning. */
  isTarget = false
  matchUses: readonly ExtensionUse<Match>[] = NONE
  targetUse: ExtensionUse<Target> | null = null

  constructor(table: string) {
    this.table = table
  }

  get chain(): string {
    return this.chainName ?? ''
  }

  get protocolInverted(): boolean {
    return (this.invert & IPT_INV_PROTO) !== 0
  }
}
