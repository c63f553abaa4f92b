// -m sctp (extensions/libxt_sctp.c): it reads its options itself, so their messages are its own.
// Flags belong to a place in the list of chunk names; where that is not the chunk's type (ASCONF and later) they are lost, as in 1.8.9.
import type { MatchSctp, Range } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { strtoui } from '../number.ts'
import { DataDraft, joined, type Mutable, not } from './draft.ts'
import { PORT_MAX } from './ports.ts'

const HELP = `sctp match options
[!] --source-port port[:port]                          match source port(s)
 --sport ...
[!] --destination-port port[:port]                     match destination port(s)
 --dport ...
[!] --chunk-types (all|any|none) (chunktype[:flags])+	match if all, any or none of
						        chunktypes are present
chunktypes - DATA INIT INIT_ACK SACK HEARTBEAT HEARTBEAT_ACK ABORT SHUTDOWN SHUTDOWN_ACK ERROR COOKIE_ECHO COOKIE_ACK ECN_ECNE ECN_CWR SHUTDOWN_COMPLETE ASCONF ASCONF_ACK FORWARD_TSN ALL NONE
`

type Chunks = NonNullable<MatchSctp['chunks']>
type Chunk = Chunks['types'][number]

const NO_FLAGS = '--------'
/** Name, type, names of its flags from bit 7 on. */
const CHUNKS: readonly (readonly [string, number, string])[] = Object.freeze([
  ['DATA', 0, '----IUBE'],
  ['INIT', 1, NO_FLAGS],
  ['INIT_ACK', 2, NO_FLAGS],
  ['SACK', 3, NO_FLAGS],
  ['HEARTBEAT', 4, NO_FLAGS],
  ['HEARTBEAT_ACK', 5, NO_FLAGS],
  ['ABORT', 6, '-------T'],
  ['SHUTDOWN', 7, NO_FLAGS],
  ['SHUTDOWN_ACK', 8, NO_FLAGS],
  ['ERROR', 9, NO_FLAGS],
  ['COOKIE_ECHO', 10, NO_FLAGS],
  ['COOKIE_ACK', 11, NO_FLAGS],
  ['ECN_ECNE', 12, NO_FLAGS],
  ['ECN_CWR', 13, NO_FLAGS],
  ['SHUTDOWN_COMPLETE', 14, '-------T'],
  ['ASCONF', 193, NO_FLAGS],
  ['ASCONF_ACK', 128, NO_FLAGS],
  ['FORWARD_TSN', 192, NO_FLAGS],
])
/** XT_NUM_SCTP_FLAGS */
const FLAGGED_MAX = 4
const ALL_TYPES = 256

/** No service of sctp has a name in Debian's /etc/services. */
function port(text: string, call: OptionCall): number {
  return strtoui(text, 0, PORT_MAX) ?? call.problem(`invalid port/service \`${text}' specified`)
}

function ports(call: OptionCall): Range {
  const { arg, invert } = call
  const colon = arg.indexOf(':')
  if (colon < 0) {
    const one = port(arg, call)
    return { min: one, max: one, invert }
  }
  const min = colon === 0 ? 0 : port(arg.slice(0, colon), call)
  const max = colon === arg.length - 1 ? PORT_MAX : port(arg.slice(colon + 1), call)
  if (min > max) call.problem('invalid portrange (min > max)')
  return { min, max, invert }
}

/** Flags by place in CHUNKS. */
type Flagged = Map<number, { mask: number; value: number }>

function addFlags(place: number, letters: string, flagged: Flagged, call: OptionCall): void {
  const valid = CHUNKS[place]![2]
  for (const letter of letters) {
    const at = valid.indexOf(letter.toUpperCase())
    if (at < 0) call.problem(`Invalid flags for chunk type ${place}`)
    if (!flagged.has(place) && flagged.size === FLAGGED_MAX)
      call.problem(
        'Number of chunk types with flags exceeds currently allowed limit. Increasing this limit involves changing ' +
          'IPT_NUM_SCTP_FLAGS and recompiling both the kernel space and user space modules',
      )
    const f = flagged.get(place) ?? { mask: 0, value: 0 }
    const bit = 1 << (7 - at)
    f.mask |= bit
    if (/[A-Z]/.test(letter)) f.value |= bit
    flagged.set(place, f)
  }
}

function chunkTypes(text: string, call: OptionCall): readonly Chunk[] {
  const word = text.toUpperCase()
  if (word === 'ALL') return Array.from({ length: ALL_TYPES }, (_, type) => ({ type, flags: null }))
  if (word === 'NONE') return []
  const types = new Set<number>()
  const flagged: Flagged = new Map()
  for (const part of text.split(',')) {
    if (part === '') continue
    const colon = part.indexOf(':')
    const name = colon < 0 ? part : part.slice(0, colon)
    const place = CHUNKS.findIndex(([n]) => n === name.toUpperCase())
    if (place < 0) call.problem(`Unknown sctp chunk \`${name}'`)
    types.add(CHUNKS[place]![1])
    if (colon >= 0) addFlags(place, part.slice(colon + 1), flagged, call)
  }
  return [...types].sort((a, b) => a - b).map((type) => ({ type, flags: flagged.get(type) ?? null }))
}

function chunks(call: OptionCall): Chunks {
  const second = call.nextWord() ?? call.problem('--chunk-types requires two args')
  const scope = call.arg.toLowerCase()
  if (scope !== 'any' && scope !== 'all' && scope !== 'only')
    return call.problem('Match type has to be one of "ALL", "ANY" or "ONLY"')
  return { scope, invert: call.invert, types: Object.freeze(chunkTypes(second, call)) }
}

function set(info: Mutable<MatchSctp>, call: OptionCall): void {
  const id = call.entry.id ?? call.entry.name
  if (call.seen.has(id)) call.problem(`Only one \`--${id}' allowed`)
  switch (id) {
    case 'source-port':
      info.sport = ports(call)
      break
    case 'destination-port':
      info.dport = ports(call)
      break
    default:
      info.chunks = chunks(call)
  }
}

function printPorts(label: string, r: Range | null): string {
  if (r === null || (r.min === 0 && r.max === PORT_MAX && !r.invert)) return ''
  const sign = r.invert ? '!' : ''
  return r.min === r.max ? `${label}:${sign}${r.min}` : `${label}s:${sign}${r.min}:${r.max}`
}

function savePorts(option: string, r: Range | null): string {
  return r === null ? '' : `${not(r.invert)}--${option} ${r.min === r.max ? r.min : `${r.min}:${r.max}`}`
}

function flagLetters({ type, flags }: Chunk): string {
  if (flags === null) return ''
  const names = CHUNKS[type]![2]
  let text = ':'
  for (let bit = 7; bit >= 0; bit--) {
    if ((flags.mask & (1 << bit)) === 0) continue
    const letter = names.charAt(7 - bit)
    text += (flags.value & (1 << bit)) !== 0 ? letter : letter.toLowerCase()
  }
  return text
}

function chunkName(type: number, numeric: boolean): string {
  if (numeric) return `0x${type.toString(16).toUpperCase().padStart(4, '0')}`
  return CHUNKS.find(([, t]) => t === type)?.[0] ?? ''
}

function chunksText(c: Chunks, numeric: boolean): string {
  switch (c.types.length) {
    case 0:
      return `${c.scope} NONE`
    case ALL_TYPES:
      return `${c.scope} ALL`
    default:
      return `${c.scope} ${c.types.map((t) => chunkName(t.type, numeric) + flagLetters(t)).join(',')}`
  }
}

function printChunks(c: Chunks | null, numeric: boolean): string {
  return c === null ? '' : not(c.invert) + chunksText(c, numeric)
}

const NOTHING: MatchSctp = Object.freeze({ name: 'sctp', sport: null, dport: null, chunks: null })

export const sctpExtension: Extension<MatchSctp> = Object.freeze({
  name: 'sctp',
  options: Object.freeze([
    { name: 'source-port', type: 'string', invert: true, multi: true },
    { name: 'sport', id: 'source-port', type: 'string', invert: true, multi: true },
    { name: 'destination-port', type: 'string', invert: true, multi: true },
    { name: 'dport', id: 'destination-port', type: 'string', invert: true, multi: true },
    { name: 'chunk-types', type: 'string', invert: true, multi: true },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchSctp>(NOTHING, set),
  print: (m, o) =>
    joined(['sctp', printPorts('spt', m.sport), printPorts('dpt', m.dport), printChunks(m.chunks, o.numeric)]),
  save: (m) =>
    joined([
      savePorts('sport', m.sport),
      savePorts('dport', m.dport),
      m.chunks === null ? '' : `${not(m.chunks.invert)}--chunk-types ${chunksText(m.chunks, false)}`,
    ]),
} satisfies Extension<MatchSctp>)
