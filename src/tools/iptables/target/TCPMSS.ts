// -j TCPMSS (extensions/libxt_TCPMSS.c).
import type { TargetTcpmss } from '../../../uapi/xt_target.ts'
import { IP_HLEN } from '../../../wire/ipv4.ts'
import type { Draft, Extension, FinalCall, OptionCall } from '../extension.ts'

const HELP = `TCPMSS target mutually-exclusive options:
  --set-mss value               explicitly set MSS option to specified value
  --clamp-mss-to-pmtu           automatically clamp MSS value to (path_MTU - ${IP_HLEN})
`

class TcpmssDraft implements Draft<TargetTcpmss> {
  private mss: number | 'clamp' = 0

  parse(call: OptionCall): void {
    this.mss = call.value.type === 'number' ? call.value.value : 'clamp'
  }

  finish(call: FinalCall): TargetTcpmss {
    if (call.seen.size === 0) call.problem('TCPMSS target: At least one parameter is required')
    return { name: 'TCPMSS', mss: this.mss }
  }
}

export const tcpmssTargetExtension: Extension<TargetTcpmss> = Object.freeze({
  name: 'TCPMSS',
  options: Object.freeze([
    { name: 'set-mss', type: 'uint16', min: 0, max: 0xffff - IP_HLEN },
    { name: 'clamp-mss-to-pmtu', type: 'none' },
  ] as const),
  help: HELP,
  begin: () => new TcpmssDraft(),
  print: ({ mss }) => (mss === 'clamp' ? 'TCPMSS clamp to PMTU' : `TCPMSS set ${mss}`),
  save: ({ mss }) => (mss === 'clamp' ? '--clamp-mss-to-pmtu' : `--set-mss ${mss}`),
} satisfies Extension<TargetTcpmss>)
