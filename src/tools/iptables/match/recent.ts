// -m recent (extensions/libxt_recent.c).
import { formatIp4 } from '../../../lib/ip4.ts'
import type { MatchRecent } from '../../../uapi/xt.ts'
import type { Extension, FinalCall, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable } from './draft.ts'

const HELP = `recent match options:
[!] --set                       Add source address to list, always matches.
[!] --rcheck                    Match if source address in list.
[!] --update                    Match if source address in list, also update last-seen time.
[!] --remove                    Match if source address in list, also removes that address from list.
    --seconds seconds           For check and update commands above.
                                Specifies that the match will only occur if source address last seen within
                                the last 'seconds' seconds.
    --reap                      Purge entries older then 'seconds'.
                                Can only be used in conjunction with the seconds option.
    --hitcount hits             For check and update commands above.
                                Specifies that the match will only occur if source address seen hits times.
                                May be used in conjunction with the seconds option.
    --rttl                      For check and update commands above.
                                Specifies that the match will only occur if the source address and the TTL
                                match between this packet and the one which was set.
                                Useful if you have problems with people spoofing their source address in order
                                to DoS you via this module.
    --name name                 Name of the recent list to be used.  DEFAULT used if none given.
    --rsource                   Match/Save the source address of each packet in the recent list table (default).
    --rdest                     Match/Save the destination address of each packet in the recent list table.
    --mask netmask              Netmask that will be applied to this recent list.
xt_recent by: Stephen Frost <sfrost@snowman.net>.
`

/** XT_RECENT_NAME_LEN: longer names are cut. */
const NAME_LEN = 200
const OPERATIONS = Object.freeze(['set', 'rcheck', 'update', 'remove'] as const)
const SHOWN = Object.freeze({ set: 'SET', rcheck: 'CHECK', update: 'UPDATE', remove: 'REMOVE' })

function set(info: Mutable<MatchRecent>, call: OptionCall): void {
  const { value } = call
  switch (call.entry.name) {
    case 'set':
    case 'rcheck':
    case 'update':
    case 'remove':
      info.check = call.entry.name
      if (call.invert) info.invert = true
      break
    case 'seconds':
      if (value.type === 'number') info.seconds = value.value
      break
    case 'reap':
      info.reap = true
      break
    case 'hitcount':
      if (value.type === 'number') info.hitcount = value.value === 0 ? null : value.value
      break
    case 'rttl':
      info.rttl = true
      break
    case 'name':
      info.listName = call.arg.slice(0, NAME_LEN - 1)
      break
    case 'mask':
      if (value.type === 'address') info.mask = value.addr
      break
    default:
      info.side = call.entry.name === 'rdest' ? 'dest' : 'source'
  }
}

function check(_info: MatchRecent, call: FinalCall): void {
  if (!OPERATIONS.some((o) => call.seen.has(o)))
    call.problem("recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'")
}

const NOTHING: MatchRecent = Object.freeze({
  name: 'recent',
  check: 'set',
  invert: false,
  seconds: null,
  reap: false,
  hitcount: null,
  rttl: false,
  listName: 'DEFAULT',
  mask: -1,
  side: 'source',
})

export const recentExtension: Extension<MatchRecent> = Object.freeze({
  name: 'recent',
  options: Object.freeze([
    { name: 'set', type: 'none', invert: true, excl: OPERATIONS },
    { name: 'rcheck', type: 'none', invert: true, excl: OPERATIONS },
    { name: 'update', type: 'none', invert: true, excl: OPERATIONS },
    { name: 'remove', type: 'none', invert: true, excl: OPERATIONS },
    { name: 'seconds', type: 'uint32', min: 1 },
    { name: 'reap', type: 'none', also: ['seconds'] },
    { name: 'hitcount', type: 'uint32' },
    { name: 'rttl', type: 'none', excl: ['set', 'remove'] },
    { name: 'name', type: 'string' },
    { name: 'rsource', type: 'none' },
    { name: 'rdest', type: 'none' },
    { name: 'mask', type: 'host' },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchRecent>(NOTHING, set, check),
  print: (m) => {
    let text = `${m.invert ? '! ' : ''}recent: ${SHOWN[m.check]}`
    if (m.seconds !== null) text += ` seconds: ${m.seconds}`
    if (m.reap) text += ' reap'
    if (m.hitcount !== null) text += ` hit_count: ${m.hitcount}`
    if (m.rttl) text += ' TTL-Match'
    return `${text} name: ${m.listName} side: ${m.side} mask: ${formatIp4(m.mask)}`
  },
  save: (m) => {
    let text = `${m.invert ? '! ' : ''}--${m.check}`
    if (m.seconds !== null) text += ` --seconds ${m.seconds}`
    if (m.reap) text += ' --reap'
    if (m.hitcount !== null) text += ` --hitcount ${m.hitcount}`
    if (m.rttl) text += ' --rttl'
    return `${text} --name ${m.listName} --mask ${formatIp4(m.mask)} --${m.side === 'dest' ? 'rdest' : 'rsource'}`
  },
} satisfies Extension<MatchRecent>)
