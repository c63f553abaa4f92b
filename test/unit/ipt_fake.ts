// The iptables programs over tables in memory: for promises of the tool that need no kernel.
import { iptables } from '../../src/tools/iptables/iptables.ts'
import { iptablesRestore } from '../../src/tools/iptables/restore.ts'
import { iptablesSave } from '../../src/tools/iptables/save.ts'
import {
  counterSlots,
  HOOK_NAMES,
  type IptChain,
  type IptTableState,
  TABLE_HOOKS,
  type TableName,
} from '../../src/uapi/netfilter.ts'
import type { Main, Sys } from '../../src/uapi/program.ts'
import type { Netlink, Op, Operations, Result } from '../../src/uapi/request.ts'

const NO_RULES = Object.freeze([])

export class FakeTables implements Netlink {
  readonly tables = new Map<TableName, IptTableState>()
  /** How often a table was replaced. */
  replaced = 0

  request<K extends Op>(_netns: number, op: K, req: Operations[K]['req']): Result<Operations[K]['reply']> {
    return { ok: true, value: this.answer(op, req as Operations['ipt.replace']['req']) as Operations[K]['reply'] }
  }

  private answer(op: Op, req: Operations['ipt.replace']['req']): unknown {
    if (op === 'ipt.names') return [...this.tables.keys()].reverse()
    if (op === 'ipt.get') return this.state(req.table)
    if (op !== 'ipt.replace') throw new TypeError(`the fake does not know ${op}`)
    this.tables.set(req.table, { table: { name: req.table, chains: req.chains }, counters: req.counters })
    this.replaced++
    return null
  }

  private state(name: TableName): IptTableState {
    let state = this.tables.get(name)
    if (state === undefined) {
      const chains = TABLE_HOOKS[name].map(
        (hook): IptChain => Object.freeze({ name: HOOK_NAMES[hook], policy: 'ACCEPT', rules: NO_RULES }),
      )
      state = { table: { name, chains }, counters: new Float64Array(2 * chains.length) }
      this.tables.set(name, state)
    }
    return { table: state.table, counters: state.counters.slice() }
  }

  /** Each chain with a view of its counters, so that a test may count. */
  chains(name: TableName): readonly ChainView[] {
    this.state(name)
    const { table, counters } = this.tables.get(name)!
    let at = 0
    return table.chains.map((chain) => ({ chain, counters: counters.subarray(at, (at += counterSlots(chain))) }))
  }

  chain(table: TableName, name: string): ChainView {
    return this.chains(table).find((c) => c.chain.name === name)!
  }
}

interface ChainView {
  readonly chain: IptChain
  readonly counters: Float64Array
}

const PROGRAMS: Readonly<Record<string, Main>> = {
  iptables,
  'iptables-save': iptablesSave,
  'iptables-restore': iptablesRestore,
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** One command line; words are parted by single blanks. `pieces` of stdin come one by one. */
export function run(fake: FakeTables, line: string, pieces: readonly string[] = [], uid = 0): Ran {
  const argv = line.split(' ')
  const written = ['', '', '']
  let next = 0
  const sys = {
    uid,
    netns: 0,
    netlink: fake,
    isatty: () => false,
    now: () => 0,
    wallClock: () => 0,
    readFile: () => ({ ok: false, errno: 'ENOENT' }),
    write: (fd: number, text: string) => {
      written[fd] += text
      return { ok: true, value: text.length }
    },
    read: () => ({ ok: true, value: new TextEncoder().encode(pieces[next++] ?? '') }),
  } as unknown as Sys
  const result = PROGRAMS[argv[0]!]!(sys, argv)
  let code = result
  while (typeof code !== 'number') {
    const step = code.next()
    if (step.done === true) code = step.value
  }
  return { code, stdout: written[1]!, stderr: written[2]! }
}

/** What iptables-save prints, without its dates. */
export function saved(fake: FakeTables, options = ''): string {
  return run(fake, `iptables-save${options}`).stdout.replace(/^#.*\n/gm, '')
}
