// -m pkttype (extensions/libxt_pkttype.c).
import type { MatchPkttype } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable, not } from './draft.ts'

const HELP = `pkttype match options:
[!] --pkt-type packettype    match packet type
Valid packet types:
	unicast       		to us
	broadcast     		to all
	multicast     		to group
	otherhost     		to someone else

`

type PacketType = MatchPkttype['type']

const NAMES: ReadonlyMap<string, PacketType> = new Map([
  ['unicast', 'unicast'],
  ['broadcast', 'broadcast'],
  ['multicast', 'multicast'],
  ['otherhost', 'otherhost'],
  ['bcast', 'broadcast'],
  ['mcast', 'multicast'],
  ['host', 'unicast'],
])

function set(info: Mutable<MatchPkttype>, call: OptionCall): void {
  info.type = NAMES.get(call.arg.toLowerCase()) ?? call.problem(`Bad packet type '${call.arg}'`)
  info.invert = call.invert
}

const NOTHING: MatchPkttype = Object.freeze({ name: 'pkttype', type: 'unicast', invert: false })

export const pkttypeExtension: Extension<MatchPkttype> = Object.freeze({
  name: 'pkttype',
  options: Object.freeze([{ name: 'pkt-type', type: 'string', mand: true, invert: true }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchPkttype>(NOTHING, set),
  print: ({ type, invert }) => `PKTTYPE ${invert ? '!' : ''}= ${type}`,
  save: ({ type, invert }) => `${not(invert)}--pkt-type ${type}`,
} satisfies Extension<MatchPkttype>)
