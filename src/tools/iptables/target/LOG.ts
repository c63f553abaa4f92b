// -j LOG (extensions/libxt_LOG.c).
import type { TargetLog } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, OptionCall } from '../extension.ts'
import { quoted } from '../values.ts'

const HELP = `LOG target options:
 --log-level level		Level of logging (numeric or see syslog.conf)
 --log-prefix prefix		Prefix log messages with this prefix.
 --log-tcp-sequence		Log TCP sequence numbers.
 --log-tcp-options		Log TCP options.
 --log-ip-options		Log IP options.
 --log-uid			Log UID owning the local socket.
 --log-macdecode		Decode MAC addresses and protocol.
`

const LOG_WARNING = 4
/** struct xt_log_info: the prefix has room for 29 characters; more are cut off without a word. */
const PREFIX_LENGTH = 29
/** prioritynames of syslog.h, by their number. */
const LEVELS = Object.freeze(['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'])

/** Flags with their options, as -L names them, and their bits. */
const FLAGS = Object.freeze([
  { key: 'tcpSequence', option: 'log-tcp-sequence', text: 'tcp-sequence', bit: 0x01 },
  { key: 'tcpOptions', option: 'log-tcp-options', text: 'tcp-options', bit: 0x02 },
  { key: 'ipOptions', option: 'log-ip-options', text: 'ip-options', bit: 0x04 },
  { key: 'uid', option: 'log-uid', text: 'uid', bit: 0x08 },
  { key: 'macDecode', option: 'log-macdecode', text: 'macdecode', bit: 0x20 },
] as const)

class LogDraft implements Draft<TargetLog> {
  private level = LOG_WARNING
  private prefix = ''
  private readonly flags = new Set<string>()

  parse(call: OptionCall): void {
    const { name } = call.entry
    if (name === 'log-level') this.level = call.value.type === 'number' ? call.value.value : 0
    else if (name === 'log-prefix') {
      if (call.arg.includes('\n')) call.problem('Newlines not allowed in --log-prefix')
      this.prefix = call.arg.slice(0, PREFIX_LENGTH)
    } else this.flags.add(name)
  }

  finish(): TargetLog {
    const { level, prefix, flags } = this
    return {
      name: 'LOG',
      level,
      prefix,
      tcpSequence: flags.has('log-tcp-sequence'),
      tcpOptions: flags.has('log-tcp-options'),
      ipOptions: flags.has('log-ip-options'),
      uid: flags.has('log-uid'),
      macDecode: flags.has('log-macdecode'),
    }
  }
}

function print(info: TargetLog, numeric: boolean): string {
  const set = FLAGS.filter((f) => info[f.key])
  const prefix = info.prefix === '' ? '' : ` prefix "${info.prefix}"`
  if (numeric) return `LOG flags ${set.reduce((n, f) => n | f.bit, 0)} level ${info.level}${prefix}`
  return `LOG level ${LEVELS[info.level]!}${set.map((f) => ` ${f.text}`).join('')}${prefix}`
}

function save(info: TargetLog): string {
  const out: string[] = []
  if (info.prefix !== '') out.push(`--log-prefix ${quoted(info.prefix)}`)
  if (info.level !== LOG_WARNING) out.push(`--log-level ${info.level}`)
  for (const f of FLAGS) if (info[f.key]) out.push(`--${f.option}`)
  return out.join(' ')
}

export const logTargetExtension: Extension<TargetLog> = Object.freeze({
  name: 'LOG',
  options: Object.freeze([
    { name: 'log-level', type: 'sysloglevel' },
    { name: 'log-prefix', type: 'string', min: 1 },
    { name: 'log-tcp-sequence', type: 'none' },
    { name: 'log-tcp-options', type: 'none' },
    { name: 'log-ip-options', type: 'none' },
    { name: 'log-uid', type: 'none' },
    { name: 'log-macdecode', type: 'none' },
  ] as const),
  help: HELP,
  begin: () => new LogDraft(),
  print: (info, { numeric }) => print(info, numeric),
  save,
} satisfies Extension<TargetLog>)
