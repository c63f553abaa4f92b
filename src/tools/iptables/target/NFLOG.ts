// -j NFLOG (extensions/libxt_NFLOG.c).
import type { TargetNflog } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, FinalCall, OptionCall } from '../extension.ts'
import { quoted } from '../values.ts'

const HELP = `NFLOG target options:
 --nflog-group NUM		NETLINK group used for logging
 --nflog-range NUM		This option has no effect, use --nflog-size
 --nflog-size NUM		Number of bytes to copy
 --nflog-threshold NUM		Message threshold of in-kernel queue
 --nflog-prefix STRING		Prefix string for log messages
`

/** struct xt_nflog_info: the prefix has room for 63 characters; more are cut off without a word. */
const PREFIX_LENGTH = 63
const DEFAULT_THRESHOLD = 0

class NflogDraft implements Draft<TargetNflog> {
  private group = 0
  private prefix = ''
  private range: number | null = null
  private size: number | null = null
  private threshold = DEFAULT_THRESHOLD

  parse(call: OptionCall): void {
    const n = call.value.type === 'number' ? call.value.value : 0
    switch (call.entry.name) {
      case 'nflog-group':
        this.group = n
        break
      case 'nflog-prefix':
        if (call.arg.includes('\n')) call.problem('Newlines not allowed in --log-prefix')
        this.prefix = call.arg.slice(0, PREFIX_LENGTH)
        break
      case 'nflog-range':
        // 0 is the same as none
        this.range = n === 0 ? null : n
        break
      case 'nflog-size':
        this.size = n
        break
      default:
        this.threshold = n
    }
  }

  finish(call: FinalCall): TargetNflog {
    const { group, prefix, range, size, threshold } = this
    if (call.seen.has('nflog-range'))
      call.sys.write(
        2,
        'warn: --nflog-range has never worked and is no longer supported, please use --nflog-size instead\n',
      )
    return { name: 'NFLOG', group, prefix, range, size, threshold }
  }
}

function parts(info: TargetNflog, dashes: string): string {
  const out: string[] = []
  if (info.prefix !== '') out.push(`${dashes}nflog-prefix ${quoted(info.prefix)}`)
  if (info.group !== 0) out.push(`${dashes}nflog-group ${info.group}`)
  if (info.size !== null) out.push(`${dashes}nflog-size ${info.size}`)
  else if (info.range !== null) out.push(`${dashes}nflog-range ${info.range}`)
  if (info.threshold !== DEFAULT_THRESHOLD) out.push(`${dashes}nflog-threshold ${info.threshold}`)
  return out.join(' ')
}

export const nflogTargetExtension: Extension<TargetNflog> = Object.freeze({
  name: 'NFLOG',
  options: Object.freeze([
    { name: 'nflog-group', type: 'uint16' },
    { name: 'nflog-prefix', type: 'string', min: 1 },
    { name: 'nflog-range', type: 'uint32', excl: Object.freeze(['nflog-size']) },
    { name: 'nflog-size', type: 'uint32', excl: Object.freeze(['nflog-range']) },
    { name: 'nflog-threshold', type: 'uint16' },
  ] as const),
  help: HELP,
  begin: () => new NflogDraft(),
  print: (info) => parts(info, ''),
  save: (info) => parts(info, '--'),
} satisfies Extension<TargetNflog>)
