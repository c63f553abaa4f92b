// -m multiport (extensions/libxt_multiport.c, revision 1). A range takes two of the fifteen places.
import { unreachable } from '../../../lib/never.ts'
import type { MatchMultiport } from '../../../uapi/xt.ts'
import type { Extension, FinalCall, OptionCall, PrintOptions } from '../extension.ts'
import { parsePort } from '../values.ts'
import { DataDraft, type Mutable, not } from './draft.ts'
import { portText } from './ports.ts'

const HELP = `multiport match options:
[!] --source-ports port[,port:port,port...]
 --sports ...
				match source port(s)
[!] --destination-ports port[,port:port,port...]
 --dports ...
				match destination port(s)
[!] --ports port[,port:port,port]
				match both source and destination port(s)
`

const XT_MULTI_PORTS = 15

const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [6, 'tcp'],
  [17, 'udp'],
  [33, 'dccp'],
  [132, 'sctp'],
  [136, 'udplite'],
])

/** check_proto */
function protocolOf({ rule, problem }: OptionCall): string {
  const only = 'multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP'
  if (rule.protocolInverted) problem(only)
  return (
    PROTOCOLS.get(rule.protocol) ??
    problem(rule.protocol === 0 ? "multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'" : only)
  )
}

function parsePorts(call: OptionCall, proto: string): MatchMultiport['ports'] {
  const ports: { min: number; max: number }[] = []
  let places = 0
  for (const word of call.arg.split(',')) {
    const colon = word.indexOf(':')
    if (places >= XT_MULTI_PORTS || (colon >= 0 && places === XT_MULTI_PORTS - 1))
      call.problem('too many ports specified')
    const min = parsePort(colon < 0 ? word : word.slice(0, colon), proto)
    const max = colon < 0 ? min : parsePort(word.slice(colon + 1), proto)
    if (colon >= 0 && min >= max) call.problem('invalid portrange specified')
    ports.push({ min, max })
    places += colon < 0 ? 1 : 2
  }
  return ports
}

function set(info: Mutable<MatchMultiport>, call: OptionCall): void {
  info.ports = parsePorts(call, protocolOf(call))
  const id = call.entry.name
  info.which = id === 'source-ports' ? 'source' : id === 'destination-ports' ? 'destination' : 'either'
  info.invert = call.invert
}

function check(_: MatchMultiport, call: FinalCall): void {
  if (call.seen.size === 0) call.problem('multiport expection an option')
}

function optionName(which: MatchMultiport['which']): string {
  switch (which) {
    case 'source':
      return 'sports'
    case 'destination':
      return 'dports'
    case 'either':
      return 'ports'
    default:
      return unreachable(which)
  }
}

function list(m: MatchMultiport, proto: string, o: PrintOptions): string {
  const show = (port: number): string => portText(port, proto, o)
  return m.ports.map((p) => (p.min === p.max ? show(p.min) : `${show(p.min)}:${show(p.max)}`)).join(',')
}

const NUMERIC: PrintOptions = Object.freeze({ numeric: true })
const NOTHING: MatchMultiport = Object.freeze({ name: 'multiport', which: 'source', ports: [], invert: false })

export const multiportExtension: Extension<MatchMultiport> = Object.freeze({
  name: 'multiport',
  options: Object.freeze([
    { name: 'source-ports', type: 'string', invert: true, excl: ['destination-ports', 'ports'] },
    { name: 'sports', id: 'source-ports', type: 'string', invert: true, excl: ['destination-ports', 'ports'] },
    { name: 'destination-ports', type: 'string', invert: true, excl: ['source-ports', 'ports'] },
    { name: 'dports', id: 'destination-ports', type: 'string', invert: true, excl: ['source-ports', 'ports'] },
    { name: 'ports', type: 'string', invert: true, excl: ['source-ports', 'destination-ports'] },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchMultiport>(NOTHING, set, check),
  print: (info, o, rule) =>
    `multiport ${optionName(info.which)} ${info.invert ? ' !' : ''}${list(info, PROTOCOLS.get(rule?.protocol ?? 0) ?? '', o)}`,
  save: (info) => `${not(info.invert)}--${optionName(info.which)} ${list(info, '', NUMERIC)}`,
} satisfies Extension<MatchMultiport>)
