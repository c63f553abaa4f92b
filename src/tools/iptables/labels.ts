// Names that a command line may give: chains and targets. Interfaces: interface.ts.
// Read first: assert_valid_chain_name, xt_parse_target (iptables/xshared.c).
import { XT_EXTENSION_MAXNAMELEN } from '../../uapi/netfilter.ts'
import { problem } from './exit.ts'
import { isTargetName } from './lookup.ts'

const SPACE = /[ \t\n\v\f\r]/

export function checkChainName(name: string): void {
  if (name.length >= XT_EXTENSION_MAXNAMELEN)
    problem(`chain name \`${name}' too long (must be under ${XT_EXTENSION_MAXNAMELEN} chars)`)
  if (name[0] === '-' || name[0] === '!') problem(`chain name not allowed to start with \`${name[0]}'`)
  if (isTargetName(name)) problem('chain name may not clash with target name')
  if (SPACE.test(name)) problem(`Invalid chain name \`${name}'`)
}

export function checkTargetName(name: string): string {
  if (name === '') problem('Invalid target name (too short)')
  if (name.length >= XT_EXTENSION_MAXNAMELEN)
    problem(`Invalid target name \`${name}' (${XT_EXTENSION_MAXNAMELEN - 1} chars max)`)
  if (SPACE.test(name)) problem(`Invalid target name \`${name}'`)
  return name
}
