// -j CT (extensions/libxt_CT.c, revision 2). Helpers and timeout policies are refused by name: netsim has none.
import type { TargetCt } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, OptionCall } from '../extension.ts'
import { strtoui } from '../number.ts'

const HELP = `CT target options:
 --notrack			Don't track connection
 --helper name			Use conntrack helper 'name' for connection
 --timeout name 		Use timeout policy 'name' for connection
 --ctevents event[,event...]	Generate specified conntrack events for connection
 --expevents event[,event...]	Generate specified expectation events for connection
 --zone {ID|mark}		Assign/Lookup connection in zone ID/packet nfmark
 --zone-orig {ID|mark}		Same as 'zone' option, but only applies to ORIGINAL direction
 --zone-reply {ID|mark} 	Same as 'zone' option, but only applies to REPLY direction
`

/** In the order that they are shown. */
const CT_EVENTS = Object.freeze([
  'new',
  'related',
  'destroy',
  'reply',
  'assured',
  'protoinfo',
  'helper',
  'mark',
  'natseqinfo',
  'secmark',
])
const EXP_EVENTS = Object.freeze(['new'])

function events(call: OptionCall, known: readonly string[]): readonly string[] {
  const given = call.arg.split(',')
  for (const e of given) if (!known.includes(e)) call.problem(`Unknown event type "${e}"`)
  return Object.freeze(known.filter((e) => given.includes(e)))
}

class CtDraft implements Draft<TargetCt> {
  private notrack = false
  private zoneId = 0
  /** These three stay once they are given, whatever follows. */
  private ofMark = false
  private orig = false
  private reply = false
  private ctevents: readonly string[] = Object.freeze([])
  private expevents: readonly string[] = Object.freeze([])

  parse(call: OptionCall): void {
    const { name } = call.entry
    switch (name) {
      case 'notrack':
        this.notrack = true
        break
      case 'ctevents':
        this.ctevents = events(call, CT_EVENTS)
        break
      case 'expevents':
        this.expevents = events(call, EXP_EVENTS)
        break
      case 'helper':
      case 'timeout':
        call.other(`CT: --${name} is not modelled by netsim`)
        break
      default:
        this.orig ||= name === 'zone-orig'
        this.reply ||= name === 'zone-reply'
        this.zone(call)
    }
  }

  private zone(call: OptionCall): void {
    this.zoneId = 0
    if (call.arg.toLowerCase() === 'mark') this.ofMark = true
    else this.zoneId = strtoui(call.arg, 0, 0xffff) ?? call.problem(`Cannot parse ${call.arg} as a zone ID`)
  }

  finish(): TargetCt {
    const { notrack, zoneId, ofMark, orig, reply, ctevents, expevents } = this
    const zoneDir = orig === reply ? 'both' : orig ? 'orig' : 'reply'
    const zone = ofMark ? 'mark' : zoneId === 0 ? null : zoneId
    return { name: 'CT', notrack, zone, zoneDir, ctevents, expevents }
  }
}

/** What print and save say alike; `dashes` stand before each option. */
function parts(info: TargetCt, dashes: string): string[] {
  const out: string[] = []
  if (info.notrack) out.push(`${dashes}notrack`)
  if (info.ctevents.length > 0) out.push(`${dashes}ctevents ${info.ctevents.join(',')}`)
  if (info.expevents.length > 0) out.push(`${dashes}expevents ${info.expevents.join(',')}`)
  if (info.zone !== null) out.push(`${dashes}zone${info.zoneDir === 'both' ? '' : `-${info.zoneDir}`} ${info.zone}`)
  return out
}

export const ctTargetExtension: Extension<TargetCt> = Object.freeze({
  name: 'CT',
  options: Object.freeze([
    { name: 'notrack', type: 'none' },
    { name: 'helper', type: 'string' },
    { name: 'timeout', type: 'string' },
    { name: 'ctevents', type: 'string' },
    { name: 'expevents', type: 'string' },
    { name: 'zone-orig', type: 'string' },
    { name: 'zone-reply', type: 'string' },
    { name: 'zone', type: 'string' },
  ] as const),
  help: HELP,
  begin: () => new CtDraft(),
  print: (info) => ['CT', ...parts(info, '')].join(' '),
  save: (info) => parts(info, '--').join(' '),
} satisfies Extension<TargetCt>)
