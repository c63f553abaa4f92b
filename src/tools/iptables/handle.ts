// A table while the tool changes it (libiptc): read, edited in memory, committed as a whole with its counters.
// Read first: libiptc/libiptc.c (TC_INIT, TC_COMMIT, iptcc_map_target). A chain that is not touched goes back as the same object,
// a rule that stays as the same rule: the kernel checks only new ones.
import type { Errno } from '../../lib/errno.ts'
import {
  type IptChainState,
  type IptRule,
  type IptTableState,
  type RuleTarget,
  TABLE_NAMES,
  type TableName,
} from '../../uapi/netfilter.ts'
import type { Sys } from '../../uapi/program.ts'
import type { LibiptcFunction } from './strerror.ts'

/** A rule of a chain under change. */
interface Entry {
  readonly rule: IptRule
  /** Its place in the chain as read, -1 for a new one. */
  readonly from: number
  /** COUNTER_MAP_ZEROED: what was counted before this command is forgotten. */
  zeroed: boolean
  /** COUNTER_MAP_SET: counters of a new rule. */
  readonly packets: number
  readonly bytes: number
}

export class ChainHead {
  name: string
  policy: 'ACCEPT' | 'DROP' | null
  /** As the kernel gave it; null for a new chain. */
  readonly read: IptChainState | null
  /** Null while the rules are as read. */
  entries: Entry[] | null
  /** What rules that jump here hold, made when first asked. */
  private jump: RuleTarget | null = null
  private goto: RuleTarget | null = null
  /** The policy's counters were given; else a commit zeroes them (__iptcc_p_del_policy: COUNTER_MAP_ZEROED). */
  policySet = false
  policyPackets = 0
  policyBytes = 0

  constructor(name: string, read: IptChainState | null) {
    this.name = name
    this.read = read
    this.policy = read?.chain.policy ?? null
    this.entries = read === null ? [] : null
    if (read === null || this.policy === null) return
    const at = 2 * read.chain.rules.length
    this.policyPackets = read.counters[at]!
    this.policyBytes = read.counters[at + 1]!
  }

  /** -j and -g this chain. */
  target(goto: boolean): RuleTarget {
    const known = goto ? this.goto : this.jump
    if (known !== null && known.kind === 'chain' && known.chain === this.name) return known
    const made: RuleTarget = Object.freeze({ kind: 'chain', chain: this.name, goto })
    if (goto) this.goto = made
    else this.jump = made
    return made
  }

  get length(): number {
    return this.entries?.length ?? this.read!.chain.rules.length
  }

  rule(i: number): IptRule {
    return this.entries === null ? this.read!.chain.rules[i]! : this.entries[i]!.rule
  }

  /** Counters as last read or set; zeroing shows after the commit. */
  packets(i: number): number {
    return this.counter(i, 0)
  }

  bytes(i: number): number {
    return this.counter(i, 1)
  }

  private counter(i: number, which: 0 | 1): number {
    const e = this.entries?.[i]
    if (e === undefined) return this.read!.counters[2 * i + which]!
    if (e.from >= 0) return this.read!.counters[2 * e.from + which]!
    return which === 0 ? e.packets : e.bytes
  }

  /** The rules as a list that may be changed. */
  edit(): Entry[] {
    this.entries ??= this.read!.chain.rules.map((rule, from) => ({ rule, from, zeroed: false, packets: 0, bytes: 0 }))
    return this.entries
  }
}

export class Handle {
  readonly table: TableName
  /** What the last call left, as C's errno and iptc_fn. */
  errno: Errno = 'ENOENT'
  fn: LibiptcFunction = 'other'
  private readonly sys: Sys
  private readonly read: IptTableState
  private readonly builtins: ChainHead[] = []
  private readonly byName = new Map<string, ChainHead>()
  private complete = false
  private sorted: readonly ChainHead[] | null = null
  /** How many rules jump to each chain; counted when first asked. */
  private references: Map<string, number> | null = null
  private changed = false

  private constructor(sys: Sys, read: IptTableState) {
    this.sys = sys
    this.read = read
    this.table = read.name
    for (const state of read.chains) {
      if (state.chain.policy === null) break
      const chain = new ChainHead(state.chain.name, state)
      this.builtins.push(chain)
      this.byName.set(chain.name, chain)
    }
  }

  /** The user's chains wait until one is asked for: there may be tens of thousands, and clear() needs none. */
  private known(): Map<string, ChainHead> {
    if (this.complete) return this.byName
    this.complete = true
    const { chains } = this.read
    for (let i = this.builtins.length; i < chains.length; i++) {
      this.byName.set(chains[i]!.chain.name, new ChainHead(chains[i]!.chain.name, chains[i]!))
    }
    return this.byName
  }

  /** TC_INIT: the handle, or why there is none. */
  static open(sys: Sys, table: string): Handle | Errno {
    if (table.length >= 32) return 'EINVAL'
    const known = TABLE_NAMES.find((t) => t === table)
    if (known === undefined) return 'ENOENT'
    const r = sys.netlink.request(sys.netns, 'ipt.get', { table: known })
    return r.ok ? new Handle(sys, r.value) : r.errno
  }

  /** Built-in chains, then the user's by name. */
  chains(): readonly ChainHead[] {
    if (this.sorted === null) {
      const known = this.known()
      const names = [...known.keys()].filter((name) => known.get(name)!.policy === null)
      this.sorted = [...this.builtins, ...names.sort().map((name) => known.get(name)!)]
    }
    return this.sorted
  }

  find(name: string): ChainHead | undefined {
    return this.known().get(name)
  }

  isBuiltin(name: string): boolean {
    return (this.known().get(name)?.policy ?? null) !== null
  }

  /** False, with errno and the function that said so. */
  fail(fn: LibiptcFunction, errno: Errno): false {
    this.fn = fn
    this.errno = errno
    return false
  }

  touch(): true {
    this.changed = true
    return true
  }

  addChain(chain: ChainHead): void {
    this.known().set(chain.name, chain)
    this.sorted = null
  }

  removeChain(chain: ChainHead): void {
    this.known().delete(chain.name)
    this.sorted = null
  }

  renameChain(chain: ChainHead, name: string): void {
    this.removeChain(chain)
    const old = chain.name
    chain.name = name
    this.addChain(chain)
    for (const c of this.known().values()) redirect(c, old, name)
    const count = this.references?.get(old)
    if (count === undefined) return
    this.references!.delete(old)
    this.references!.set(name, count)
  }

  /** Everything but the built-in chains, which are emptied (iptables-restore without -n). */
  clear(): void {
    this.byName.clear()
    this.complete = true
    for (const chain of this.builtins) {
      chain.entries = []
      this.byName.set(chain.name, chain)
    }
    this.sorted = this.builtins
    this.references = null
    this.changed = true
  }

  referencesTo(name: string): number {
    if (this.references === null) {
      this.references = new Map()
      for (const c of this.known().values()) for (let i = 0; i < c.length; i++) this.count(c.rule(i), 1)
    }
    return this.references.get(name) ?? 0
  }

  /** A rule came (1) or went (-1). */
  count(rule: IptRule, by: 1 | -1): void {
    if (this.references === null || rule.target.kind !== 'chain') return
    const { chain } = rule.target
    this.references.set(chain, (this.references.get(chain) ?? 0) + by)
  }

  /** TC_COMMIT */
  commit(): boolean {
    if (!this.changed) return true
    const fresh = this.sys.netlink.request(this.sys.netns, 'ipt.get', { table: this.table })
    if (!fresh.ok) return this.fail('commit', fresh.errno)
    if (entryCount(fresh.value) !== entryCount(this.read)) return this.fail('commit', 'EAGAIN')
    const chains = this.chains()
    const now = chains.some((c) => c.read !== null && c.policy === null) ? byName(fresh.value) : null
    const states = chains.map((c) => committed(c, c.read === null ? null : current(fresh.value, now, c.read)))
    const r = this.sys.netlink.request(this.sys.netns, 'ipt.replace', { table: this.table, chains: states })
    return r.ok ? true : this.fail('commit', r.errno)
  }
}

/** Jumps to a chain that has a new name. */
function redirect(chain: ChainHead, from: string, to: string): void {
  for (let i = 0; i < chain.length; i++) {
    const { target } = chain.rule(i)
    if (target.kind !== 'chain' || target.chain !== from) continue
    const entries = chain.edit()
    const e = entries[i]!
    const rule = Object.freeze({ ...e.rule, target: Object.freeze({ ...target, chain: to }) })
    entries[i] = { ...e, rule }
  }
}

function byName(t: IptTableState): ReadonlyMap<string, IptChainState> {
  return new Map(t.chains.map((s) => [s.chain.name, s]))
}

/** A chain as it is now; `known` null: only built-in ones are asked for, which come first. */
function current(
  t: IptTableState,
  known: ReadonlyMap<string, IptChainState> | null,
  read: IptChainState,
): IptChainState {
  const { name } = read.chain
  return (known === null ? t.chains.find((s) => s.chain.name === name) : known.get(name)) ?? read
}

/** Entries of the kernel's blob: rules, a policy or the end of each chain, the head of a user's, and the table's end. */
function entryCount(t: IptTableState): number {
  return t.chains.reduce((n, { chain }) => n + chain.rules.length + (chain.policy === null ? 2 : 1), 1)
}

/** A chain as it is to be, with counters as they are now (`now`) where they are kept. */
function committed(c: ChainHead, now: IptChainState | null): IptChainState {
  const { entries } = c
  const rules = entries === null ? c.read!.chain.rules : Object.freeze(entries.map((e) => e.rule))
  const same = entries === null && now !== null && c.name === now.chain.name && c.policy === now.chain.policy
  const chain = same ? now.chain : Object.freeze({ name: c.name, policy: c.policy, rules })
  if (same && c.policy === null) return { chain, counters: now.counters }
  const counters = new Float64Array(2 * rules.length + (c.policy === null ? 0 : 2))
  if (entries === null) counters.set(now!.counters.subarray(0, 2 * rules.length))
  else for (let i = 0; i < entries.length; i++) setCounter(counters, i, entries[i]!, c.read, now)
  if (c.policy !== null) setPolicyCounter(counters, c, now!)
  return { chain, counters }
}

function setCounter(
  to: Float64Array,
  i: number,
  e: Entry,
  read: IptChainState | null,
  now: IptChainState | null,
): void {
  if (e.from < 0) {
    to[2 * i] = e.packets
    to[2 * i + 1] = e.bytes
    return
  }
  for (let k = 0; k < 2; k++) {
    const at = 2 * e.from + k
    to[2 * i + k] = now!.counters[at]! - (e.zeroed ? read!.counters[at]! : 0)
  }
}

/** What was read is subtracted: only packets since then remain. */
function setPolicyCounter(to: Float64Array, c: ChainHead, now: IptChainState): void {
  const from = 2 * now.chain.rules.length
  const at = to.length - 2
  to[at] = c.policySet ? c.policyPackets : now.counters[from]! - c.policyPackets
  to[at + 1] = c.policySet ? c.policyBytes : now.counters[from + 1]! - c.policyBytes
}
