// -m addrtype (extensions/libxt_addrtype.c). The beginning of a type's name is enough: the first that fits counts.
import { ADDR_TYPES, type MatchAddrtype } from '../../../uapi/xt.ts'
import type { Extension, FinalCall, OptionCall } from '../extension.ts'
import { DataDraft, joined, type Mutable, not } from './draft.ts'

const HELP = `Address type match options:
 [!] --src-type type[,...]      Match source address type
 [!] --dst-type type[,...]      Match destination address type
     --limit-iface-in           Match only on the packet's incoming device
     --limit-iface-out          Match only on the packet's outgoing device

Valid types:           
${ADDR_TYPES.map((name) => `                                ${name}\n`).join('')}`

/** parse_types: the rest of the list stands in the message, quoted in two ways. */
function parseTypes(call: OptionCall): number {
  let mask = 0
  let rest = call.arg
  for (;;) {
    const comma = rest.indexOf(',')
    const word = (comma < 0 ? rest : rest.slice(0, comma)).toUpperCase()
    const i = word === '' ? -1 : ADDR_TYPES.findIndex((name) => name.startsWith(word))
    if (i < 0) call.problem(`addrtype: bad type ${comma < 0 ? `"${rest}"` : `\`${rest}'`}`)
    mask |= 1 << i
    if (comma < 0) return mask
    rest = rest.slice(comma + 1)
  }
}

function set(info: Mutable<MatchAddrtype>, call: OptionCall): void {
  switch (call.entry.name) {
    case 'src-type':
      info.source = parseTypes(call)
      info.invertSource = call.invert
      break
    case 'dst-type':
      info.dest = parseTypes(call)
      info.invertDest = call.invert
      break
    case 'limit-iface-in':
      info.limitIfaceIn = true
      break
    default:
      info.limitIfaceOut = true
  }
}

function check(_: MatchAddrtype, call: FinalCall): void {
  if (!call.seen.has('src-type') && !call.seen.has('dst-type'))
    call.problem('addrtype: you must specify --src-type or --dst-type')
}

const typeNames = (mask: number): string => ADDR_TYPES.filter((_, i) => (mask & (1 << i)) !== 0).join(',')

const NOTHING: MatchAddrtype = Object.freeze({
  name: 'addrtype',
  source: 0,
  dest: 0,
  invertSource: false,
  invertDest: false,
  limitIfaceIn: false,
  limitIfaceOut: false,
})

export const addrtypeExtension: Extension<MatchAddrtype> = Object.freeze({
  name: 'addrtype',
  options: Object.freeze([
    { name: 'src-type', type: 'string', invert: true },
    { name: 'dst-type', type: 'string', invert: true },
    { name: 'limit-iface-in', type: 'none', excl: ['limit-iface-out'] },
    { name: 'limit-iface-out', type: 'none', excl: ['limit-iface-in'] },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchAddrtype>(NOTHING, set, check),
  print: (info) =>
    joined([
      'ADDRTYPE match',
      info.source === 0 ? '' : `src-type ${info.invertSource ? '!' : ''}${typeNames(info.source)}`,
      info.dest === 0 ? '' : `dst-type ${info.invertDest ? '!' : ''}${typeNames(info.dest)}`,
      info.limitIfaceIn ? 'limit-in' : '',
      info.limitIfaceOut ? 'limit-out' : '',
    ]),
  save: (info) =>
    joined([
      info.source === 0 ? '' : `${not(info.invertSource)}--src-type ${typeNames(info.source)}`,
      info.dest === 0 ? '' : `${not(info.invertDest)}--dst-type ${typeNames(info.dest)}`,
      info.limitIfaceIn ? '--limit-iface-in' : '',
      info.limitIfaceOut ? '--limit-iface-out' : '',
    ]),
} satisfies Extension<MatchAddrtype>)
