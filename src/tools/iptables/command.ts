// Carrying out a parsed command on a table in memory; the caller commits.
// Read first: do_command4 (iptables/iptables.c); parse.ts, edit.ts.

import type { IptRule, RuleTarget } from '../../uapi/netfilter.ts'
import type { Wait } from '../../uapi/program.ts'
import { ToolExit } from '../lib/exit.ts'
import type { AddressMask } from './address.ts'
import {
  appendRule,
  createChain,
  deleteChain,
  deleteNumber,
  deleteRule,
  flushChain,
  insertRule,
  renameChain,
  replaceRule,
  setPolicy,
  zeroChain,
  zeroRule,
} from './edit.ts'
import { otherProblem, problem, tryHelp, XtProblem } from './exit.ts'
import { Handle } from './handle.ts'
import { listEntries, listRules } from './list.ts'
import { isVerdict } from './lookup.ts'
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
  OPT_COUNTERS,
  OPT_EXPANDED,
  OPT_LINENUMBERS,
  OPT_NUMERIC,
  OPT_VERBOSE,
} from './options.ts'
import type { Command } from './parsed.ts'
import { PRINT_RULE, type RowFormat, ruleRow } from './print.ts'
import type { Session } from './session.ts'
import { iptcStrerror } from './strerror.ts'

/** iptc_init, or the end of the program. */
export function openTable(s: Session, table: string): Handle {
  const h = Handle.open(s.sys, table)
  if (typeof h !== 'string') return h
  const why = iptcStrerror('init', h)
  throw new XtProblem('version', `can't initialize iptables table \`${table}': ${why}`)
}

/** xtables_lock_or_exit: the lock's file is root's. */
export function takeLock(s: Session): void {
  if (s.sys.uid === 0) return
  throw new ToolExit("Fatal: can't open lock file /run/xtables.lock: Permission denied\n", 4)
}

/** False: the handle's errno says why. Only a listing may have to wait, for names. */
export function runCommand(s: Session, h: Handle, c: Command): boolean | Generator<Wait, boolean, void> {
  if (c.verbose > 1) otherProblem('-v twice (the dump of the table) is not modelled by netsim')
  switch (c.command) {
    case CMD_APPEND:
    case CMD_DELETE:
    case CMD_CHECK:
    case CMD_REPLACE:
    case CMD_INSERT:
      return changeRules(s, h, c)
    case CMD_DELETE_NUM:
      return deleteNumber(h, c.chain, c.ruleNumber - 1)
    case CMD_FLUSH:
      return eachChain(s, h, c, 'Flushing', flushChain)
    case CMD_ZERO:
      return eachChain(s, h, c, 'Zeroing', zeroChain)
    case CMD_ZERO_NUM:
      return zeroRule(h, c.chain, c.ruleNumber)
    case CMD_NEW_CHAIN:
      return createChain(h, c.chain)
    case CMD_DELETE_CHAIN:
      return eachChain(s, h, c, 'Deleting', deleteChain)
    case CMD_RENAME_CHAIN:
      return renameChain(h, c.chain, c.newName!)
    case CMD_SET_POLICY:
      return setPolicy(h, c.chain, c.policy!, (c.options & OPT_COUNTERS) === 0 ? null : c)
  }
  if ((c.command & (CMD_LIST | CMD_LIST_RULES)) === 0) tryHelp(s.prog, s.line, '')
  return list(s, h, c)
}

/** -L and -S, and a -Z with them. */
function* list(s: Session, h: Handle, c: Command): Generator<Wait, boolean, void> {
  const listing = { chain: c.chainName, ruleNumber: c.ruleNumber }
  const verbose = (c.options & OPT_VERBOSE) !== 0
  const found =
    (c.command & CMD_LIST) !== 0 ? yield* listEntries(s, h, listing, rowFormat(c)) : listRules(s, h, listing, verbose)
  if (found && (c.command & CMD_ZERO) !== 0) return eachChain(s, h, c, 'Zeroing', zeroChain)
  return found && (c.command & CMD_ZERO_NUM) !== 0 ? zeroRule(h, c.chain, c.ruleNumber) : found
}

function rowFormat({ options }: Command): RowFormat {
  const verbose = (options & OPT_VERBOSE) !== 0
  return {
    counters: verbose,
    interfaces: verbose,
    numeric: (options & OPT_NUMERIC) !== 0,
    exact: (options & OPT_EXPANDED) !== 0,
    lineNumbers: (options & OPT_LINENUMBERS) !== 0,
    table: true,
  }
}

type ChainFunction = (h: Handle, chain: string) => boolean

/** for_each_chain4: one that fails does not stop the others; -X leaves the built-in ones. */
function eachChain(s: Session, h: Handle, c: Command, doing: string, f: ChainFunction): boolean {
  const one = (name: string): boolean => {
    if ((c.options & OPT_VERBOSE) !== 0) s.print(`${doing} chain \`${name}'\n`)
    return f(h, name)
  }
  if (c.chainName !== null) return one(c.chainName)
  let ok = true
  for (const { name, policy } of h.chains()) if (f !== deleteChain || policy === null) ok = one(name) && ok
  return ok
}

/** What the rule does: a chain of that name comes before an extension. */
function ruleTarget(s: Session, h: Handle, c: Command): RuleTarget {
  const { jump } = c
  if (jump === '') return NOTHING
  const chain = h.find(jump)
  if (chain !== undefined) {
    if (c.isTarget) s.error(`Warning: using chain ${jump}, not extension\n`)
    return chain.target(c.goto)
  }
  if (c.target !== null) return Object.freeze({ kind: 'target', target: c.target })
  if (c.isTarget && isVerdict(jump)) return VERDICTS[jump as keyof typeof VERDICTS]
  if (c.goto) problem(`goto '${jump}' is not a chain`)
  return problem(`Couldn't load target \`${jump}':No such file or directory\n`)
}

const NOTHING: RuleTarget = Object.freeze({ kind: 'none' })
const verdict = <V extends 'ACCEPT' | 'DROP' | 'QUEUE' | 'RETURN'>(v: V): RuleTarget =>
  Object.freeze({ kind: 'verdict', verdict: v })
const VERDICTS = Object.freeze({
  ACCEPT: verdict('ACCEPT'),
  DROP: verdict('DROP'),
  QUEUE: verdict('QUEUE'),
  RETURN: verdict('RETURN'),
})

/** A rule for each source and each destination; one that fails does not stop the others. */
function changeRules(s: Session, h: Handle, c: Command): boolean {
  // libxt_standard loads as a target of that name, which the kernel has not
  if (c.jump === 'standard' && h.find(c.jump) === undefined) return h.fail('other', 'ENOENT')
  const target = ruleTarget(s, h, c)
  const { sources, destinations } = c
  let ok = true
  for (let i = 0; i < sources.length; i++) {
    for (let k = 0; k < destinations.length; k++) {
      const rule = ruleOf(c, sources[i]!, destinations[k]!, target)
      if ((c.options & OPT_VERBOSE) !== 0) s.print(ruleRow(rule, 0, 0, 0, PRINT_RULE, s.names))
      ok = changeRule(h, c, rule) && ok
    }
  }
  return ok
}

function ruleOf(c: Command, source: AddressMask, destination: AddressMask, target: RuleTarget): IptRule {
  return Object.freeze({
    src: source.addr,
    srcMask: source.mask,
    dst: destination.addr,
    dstMask: destination.mask,
    iif: c.iif,
    oif: c.oif,
    protocol: c.protocol,
    fragment: c.fragment,
    invert: c.invert,
    matches: c.matches,
    target,
  })
}

function changeRule(h: Handle, c: Command, rule: IptRule): boolean {
  switch (c.command) {
    case CMD_APPEND:
      return appendRule(h, c.chain, rule, c.packets, c.bytes)
    case CMD_INSERT:
      return insertRule(h, c.chain, c.ruleNumber - 1, rule, c.packets, c.bytes)
    case CMD_REPLACE:
      return replaceRule(h, c.chain, c.ruleNumber - 1, rule, c.packets, c.bytes)
    default:
      return deleteRule(h, c.chain, rule, c.command === CMD_CHECK)
  }
}
