// xtables-legacy-multi: one program under several names, or with the name as its first argument.
// Read first: subcmd_main (iptables/xshared.c), multi_subcommands (iptables/xtables-legacy-multi.c).
import { fail, type Main } from '../../uapi/program.ts'
import { notModelled } from '../lib/refuse.ts'
import { iptables } from './iptables.ts'
import { iptablesRestore } from './restore.ts'
import { iptablesSave } from './save.ts'

const SUBCOMMANDS: readonly (readonly [string, Main | null])[] = Object.freeze([
  ['iptables', iptables],
  ['main4', iptables],
  ['iptables-save', iptablesSave],
  ['save4', iptablesSave],
  ['iptables-restore', iptablesRestore],
  ['restore4', iptablesRestore],
  ['iptables-legacy', iptables],
  ['iptables-legacy-save', iptablesSave],
  ['iptables-legacy-restore', iptablesRestore],
  ['iptables-xml', null],
  ['xml', null],
  ['ip6tables', null],
  ['main6', null],
  ['ip6tables-save', null],
  ['save6', null],
  ['ip6tables-restore', null],
  ['restore6', null],
  ['ip6tables-legacy', null],
  ['ip6tables-legacy-save', null],
  ['ip6tables-legacy-restore', null],
])

export const xtablesMulti: Main = (sys, argv) => {
  const found = SUBCOMMANDS.find(([name]) => name === argv[1])
  if (found === undefined) {
    const names = SUBCOMMANDS.map(([name]) => ` * ${name}\n`).join('')
    return fail(sys, `ERROR: No valid subcommand given.\nValid subcommands:\n${names}`, 1)
  }
  const [name, main] = found
  if (main === null) return fail(sys, notModelled(argv[0]!, name), 1)
  return main(sys, argv.slice(1))
}
