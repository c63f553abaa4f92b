// What lookups derive from a namespace's configuration: compiled tables, and where each goto rule leads.
// Valid for one configuration by identity; a changed one costs a comparison, and compiles only the tables that changed.
import type { NetnsConfig } from '../../uapi/config.ts'
import { RT_TABLE_DEFAULT, RT_TABLE_LOCAL, RT_TABLE_MAIN, type Rule } from '../../uapi/route.ts'
import type { NetNs } from '../core/netns.ts'
import { type CompiledFib, compiledFor, NO_FIB } from './fib_trie.ts'

export class FibCache {
  cfg: NetnsConfig | null = null
  /** Local and main are still one trie, and the three rules are not consulted (!fib_has_custom_rules). */
  merged = true
  local: CompiledFib = NO_FIB
  main: CompiledFib = NO_FIB
  /** Null while nothing was ever put into table default. */
  deflt: CompiledFib | null = null
  readonly others = new Map<number, CompiledFib>()
  rules: readonly Rule[] = []
  /** By rule: index of a goto's target, -1 when there is none. */
  targets: number[] = []

  refresh(cfg: NetnsConfig): void {
    if (this.cfg === null || this.cfg.tables !== cfg.tables) {
      const tables = cfg.tables
      this.local = compiledFor(tables[RT_TABLE_LOCAL], this.local)
      this.main = compiledFor(tables[RT_TABLE_MAIN], this.main)
      const deflt = tables[RT_TABLE_DEFAULT]
      this.deflt = deflt === undefined ? null : compiledFor(deflt, this.deflt ?? NO_FIB)
      for (const [id, c] of this.others) this.others.set(id, compiledFor(tables[id], c))
    }
    if (this.rules !== cfg.rules) {
      this.rules = cfg.rules
      this.targets = cfg.rules.map((r) => (r.action === 'goto' ? cfg.rules.findIndex((t) => t.pref === r.goto) : -1))
    }
    this.merged = !fib_has_custom_rules(cfg)
    this.cfg = cfg
  }

  /** Any table by number; one that does not exist is empty. */
  table(id: number): CompiledFib {
    if (id === RT_TABLE_MAIN) return this.main
    if (id === RT_TABLE_LOCAL) return this.local
    let c = this.others.get(id)
    if (c === undefined) {
      c = compiledFor(this.cfg!.tables[id], NO_FIB)
      this.others.set(id, c)
    }
    return c
  }
}

/** A rule was added or deleted once: net->ipv4.fib_has_custom_rules, which is never taken back. */
export function fib_has_custom_rules(cfg: NetnsConfig): boolean {
  return cfg.fibHasCustomRules === true
}

/** The namespace's derived tables, up to date. */
export function fibOf(net: NetNs): FibCache {
  const c = (net.fib ??= new FibCache())
  if (c.cfg !== net.cfg) c.refresh(net.cfg)
  return c
}
