// A table while the tool changes it (libiptc): read, edited in memory, committed as a whole with its counters.
// Read first: libiptc/libiptc.c (TC_INIT, TC_COMMIT, iptcc_map_target). A chain that is not touched goes back as the same object,
// a rule that stays as the same rule: the kernel checks only new ones.
import type { Errno } from '../../lib/errno.ts'
import {
  counterSlots,
  type IptChain,
  type IptRule,
  type IptTable,
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

/** A chain as the kernel gave it; its counters begin at `first` in those of the table. */
interface ReadChain {
  readonly chain: IptChain
  readonly counters: Float64Array
  readonly first: number
}

export class ChainHead {
  name: string
  policy: 'ACCEPT' | 'DROP' | null
  /** Null for a new chain. */
  readonly read: ReadChain | null
  /** Null while the rules are as read. */
  entries: Entry[] | null
  /** What rules that jump here hold, made when first asked. */
  private jump: RuleTarget | null = null
  private goto: RuleTarget | null = null
  /** The policy's counters were given; else a commit zeroes them (__iptcc_p_del_policy: COUNTER_MAP_ZEROED). */
  policySet = false
  policyPackets = 0
  policyBytes = 0

  constructor(name: string, read: ReadChain | null) {
    this.name = name
    this.read = read
    this.policy = read?.chain.policy ?? null
    this.entries = read === null ? [] : null
    if (read === null || this.policy === null) return
    const at = read.first + 2 * read.chain.rules.length
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
    if (e !== undefined && e.from < 0) return which === 0 ? e.packets : e.bytes
    const { counters, first } = this.read!
    return counters[first + 2 * (e === undefined ? i : e.from) + which]!
  }

  /** The rules as a list that may be changed. */
  edit(): Entry[] {
    this.entries ??= this.read!.chain.rules.map((rule, from) => ({ rule, from, zeroed: false, packets: 0, bytes: 0 }))
    return this.entries
  }

  /** The chain as it is to be. */
  made(): IptChain {
    const { entries, name, policy } = this
    if (entries === null) {
      const { chain } = this.read!
      return chain.name === name && chain.policy === policy
        ? chain
        : Object.freeze({ name, policy, rules: chain.rules })
    }
    return Object.freeze({ name, policy, rules: Object.freeze(entries.map((e) => e.rule)) })
  }
}

/** So many chains are searched for; who asks for more gets an index of all. */
const FEW = 8

export class Handle {
  readonly table: TableName
  /** What the last call left, as C's errno and iptc_fn. */
  errno: Errno = 'ENOENT'
  fn: LibiptcFunction = 'other'
  private readonly sys: Sys
  private readonly read: IptTableState
  private readonly builtins: ChainHead[] = []
  /** The built-in chains and those that were asked for, or all of them. */
  private readonly byName = new Map<string, ChainHead>()
  private complete = false
  private searches = 0
  private sorted: readonly ChainHead[] | null = null
  /** How many rules jump to each chain; counted when first asked. */
  private references: Map<string, number> | null = null
  private changed = false

  private constructor(sys: Sys, read: IptTableState) {
    this.sys = sys
    this.read = read
    this.table = read.table.name
    let first = 0
    for (const chain of read.table.chains) {
      if (chain.policy === null) break
      const head = this.meet(chain, first)
      this.builtins.push(head)
      first += counterSlots(chain)
    }
  }

  /** `first`: where its counters begin. */
  private meet(chain: IptChain, first: number): ChainHead {
    const head = new ChainHead(chain.name, { chain, counters: this.read.counters, first })
    this.byName.set(chain.name, head)
    return head
  }

  /** The user's chains wait until they are asked for: there may be tens of thousands, and most commands need one or none. */
  private known(): Map<string, ChainHead> {
    if (this.complete) return this.byName
    this.complete = true
    let first = 0
    for (const chain of this.read.table.chains) {
      if (!this.byName.has(chain.name)) this.meet(chain, first)
      first += counterSlots(chain)
    }
    return this.byName
  }

  private search(name: string): ChainHead | undefined {
    let first = 0
    for (const chain of this.read.table.chains) {
      if (chain.name === name) return this.meet(chain, first)
      first += counterSlots(chain)
    }
    return undefined
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
      const names: string[] = []
      for (const c of known.values()) if (c.policy === null) names.push(c.name)
      this.sorted = [...this.builtins, ...names.sort().map((name) => known.get(name)!)]
    }
    return this.sorted
  }

  find(name: string): ChainHead | undefined {
    const met = this.byName.get(name)
    if (met !== undefined || this.complete) return met
    return ++this.searches > FEW ? this.known().get(name) : this.search(name)
  }

  isBuiltin(name: string): boolean {
    return this.builtins.some((c) => c.name === name)
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
    if (entryCount(fresh.value.table) !== entryCount(this.read.table)) return this.fail('commit', 'EAGAIN')
    const heads = this.heads()
    const chains = heads.map((h) => (h instanceof ChainHead ? h.made() : h))
    const counters = madeCounters(heads, chains, fresh.value.counters)
    const r = this.sys.netlink.request(this.sys.netns, 'ipt.replace', { table: this.table, chains, counters })
    return r.ok ? true : this.fail('commit', r.errno)
  }

  /** Every chain in its order; those that nobody asked for as they were read. */
  private heads(): readonly (ChainHead | IptChain)[] {
    return this.complete ? this.chains() : this.read.table.chains.map((c) => this.byName.get(c.name) ?? c)
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

/** Entries of the kernel's blob: rules, a policy or the end of each chain, the head of a user's, and the table's end. */
function entryCount(t: IptTable): number {
  return t.chains.reduce((n, { rules, policy }) => n + rules.length + (policy === null ? 2 : 1), 1)
}

/** Counters as they are now, where they are kept. */
function madeCounters(
  heads: readonly (ChainHead | IptChain)[],
  chains: readonly IptChain[],
  now: Float64Array,
): Float64Array {
  const made = new Float64Array(chains.reduce((n, chain) => n + counterSlots(chain), 0))
  let at = 0
  // of the chain as read: those that nobody asked for stand where they stood
  let first = 0
  heads.forEach((h, i) => {
    if (h instanceof ChainHead) setCounters(made, at, h, now)
    else copy(made, at, now, first, counterSlots(h))
    const read = h instanceof ChainHead ? (h.read?.chain ?? null) : h
    if (read !== null) first += counterSlots(read)
    at += counterSlots(chains[i]!)
  })
  return made
}

function copy(to: Float64Array, at: number, from: Float64Array, first: number, n: number): void {
  for (let k = 0; k < n; k++) to[at + k] = from[first + k] ?? 0
}

function setCounters(to: Float64Array, at: number, c: ChainHead, now: Float64Array): void {
  const { entries, read } = c
  if (entries === null) copy(to, at, now, read!.first, 2 * c.length)
  else for (let i = 0; i < entries.length; i++) setCounter(to, at + 2 * i, entries[i]!, read, now)
  if (c.policy !== null) setPolicyCounter(to, at + 2 * c.length, c, now)
}

function setCounter(to: Float64Array, at: number, e: Entry, read: ReadChain | null, now: Float64Array): void {
  if (e.from < 0) {
    to[at] = e.packets
    to[at + 1] = e.bytes
    return
  }
  const { counters, first } = read!
  const from = first + 2 * e.from
  copy(to, at, now, from, 2)
  if (!e.zeroed) return
  to[at]! -= counters[from]!
  to[at + 1]! -= counters[from + 1]!
}

/** What was read is subtracted: only packets since then remain. */
function setPolicyCounter(to: Float64Array, at: number, c: ChainHead, now: Float64Array): void {
  const { chain, first } = c.read!
  const from = first + 2 * chain.rules.length
  to[at] = c.policySet ? c.policyPackets : (now[from] ?? 0) - c.policyPackets
  to[at + 1] = c.policySet ? c.policyBytes : (now[from + 1] ?? 0) - c.policyBytes
}
