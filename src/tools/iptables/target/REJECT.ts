// -j REJECT (extensions/libipt_REJECT.c).
import type { RejectWith, TargetReject } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, OptionCall } from '../extension.ts'

interface RejectType {
  readonly name: RejectWith
  readonly alias: string
  readonly text: string
}

/** In the order of enum ipt_reject_with. */
const TYPES: readonly RejectType[] = Object.freeze([
  { name: 'icmp-net-unreachable', alias: 'net-unreach', text: 'ICMP network unreachable' },
  { name: 'icmp-host-unreachable', alias: 'host-unreach', text: 'ICMP host unreachable' },
  { name: 'icmp-proto-unreachable', alias: 'proto-unreach', text: 'ICMP protocol unreachable' },
  { name: 'icmp-port-unreachable', alias: 'port-unreach', text: 'ICMP port unreachable (default)' },
  { name: 'icmp-net-prohibited', alias: 'net-prohib', text: 'ICMP network prohibited' },
  { name: 'icmp-host-prohibited', alias: 'host-prohib', text: 'ICMP host prohibited' },
  { name: 'tcp-reset', alias: 'tcp-rst', text: 'TCP RST packet' },
  { name: 'icmp-admin-prohibited', alias: 'admin-prohib', text: 'ICMP administratively prohibited (*)' },
] as const)

const HELP = `REJECT target options:
--reject-with type              drop input packet and send back
                                a reply packet according to type:
Valid reject types:
${TYPES.map(({ name, alias, text }) => `    ${name.padEnd(25)}\t${text}\n    ${alias.padEnd(25)}\talias\n`).join('')}
(*) See man page or read the INCOMPATIBILITES file for compatibility issues.
`

const NO_LONGER = Object.freeze(['echo-reply', 'echoreply'])

class RejectDraft implements Draft<TargetReject> {
  private with: RejectWith = 'icmp-port-unreachable'

  /** Any beginning of a name will do, also none at all. */
  parse(call: OptionCall): void {
    const text = call.arg.toLowerCase()
    const found = TYPES.find(({ name, alias }) => name.startsWith(text) || alias.startsWith(text))
    if (found !== undefined) {
      this.with = found.name
      return
    }
    if (NO_LONGER.some((n) => n.startsWith(text))) call.sys.write(2, '--reject-with echo-reply no longer supported\n')
    call.problem(`unknown reject type "${call.arg}"`)
  }

  finish(): TargetReject {
    return { name: 'REJECT', with: this.with }
  }
}

export const rejectTargetExtension: Extension<TargetReject> = Object.freeze({
  name: 'REJECT',
  options: Object.freeze([{ name: 'reject-with', type: 'string' }] as const),
  help: HELP,
  begin: () => new RejectDraft(),
  print: (info) => `reject-with ${info.with}`,
  save: (info) => `--reject-with ${info.with}`,
} satisfies Extension<TargetReject>)
