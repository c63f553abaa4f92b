// -m udp (extensions/libxt_udp.c).
import type { MatchUdp } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { DataDraft, joined, type Mutable } from './draft.ts'
import { portRange, printPorts, savePorts } from './ports.ts'

const HELP = `udp match options:
[!] --source-port port[:port]
 --sport ...
				match source port(s)
[!] --destination-port port[:port]
 --dport ...
				match destination port(s)
`

function set(info: Mutable<MatchUdp>, { entry, value, invert }: OptionCall): void {
  if (value.type !== 'range') return
  const range = portRange(value.values[0]!, value.values[1]!, invert)
  if (entry.name === 'source-port') info.sport = range
  else info.dport = range
}

const NOTHING: MatchUdp = Object.freeze({ name: 'udp', sport: null, dport: null })

export const udpExtension: Extension<MatchUdp> = Object.freeze({
  name: 'udp',
  options: Object.freeze([
    { name: 'source-port', type: 'portrc', invert: true },
    { name: 'sport', id: 'source-port', type: 'portrc', invert: true },
    { name: 'destination-port', type: 'portrc', invert: true },
    { name: 'dport', id: 'destination-port', type: 'portrc', invert: true },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchUdp>(NOTHING, set),
  print: (info, o) => joined(['udp', printPorts('spt', info.sport, 'udp', o), printPorts('dpt', info.dport, 'udp', o)]),
  save: (info) => joined([savePorts('sport', info.sport), savePorts('dport', info.dport)]),
} satisfies Extension<MatchUdp>)
