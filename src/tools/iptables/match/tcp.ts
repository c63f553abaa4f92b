// -m tcp (extensions/libxt_tcp.c): it reads its options itself, so their messages are its own.
import type { MatchTcp, Range } from '../../../uapi/xt.ts'
import type { Extension, OptionCall, PrintOptions } from '../extension.ts'
import { strtoui } from '../number.ts'
import { parsePort } from '../values.ts'
import { DataDraft, joined, type Mutable, not } from './draft.ts'
import { PORT_MAX, portRange, printPorts, savePorts } from './ports.ts'

const HELP = `tcp match options:
[!] --tcp-flags mask comp	match when TCP flags & mask == comp
				(Flags: SYN ACK FIN RST URG PSH ALL NONE)
[!] --syn			match when only SYN flag set
				(equivalent to --tcp-flags SYN,RST,ACK,FIN SYN)
[!] --source-port port[:port]
 --sport ...
				match source port(s)
[!] --destination-port port[:port]
 --dport ...
				match destination port(s)
[!] --tcp-option number        match if TCP option set
`

const FLAGS: readonly (readonly [string, number])[] = Object.freeze([
  ['FIN', 0x01],
  ['SYN', 0x02],
  ['RST', 0x04],
  ['PSH', 0x08],
  ['ACK', 0x10],
  ['URG', 0x20],
  ['ALL', 0x3f],
  ['NONE', 0],
])

function parsePorts(call: OptionCall): Range | null {
  const { arg } = call
  const colon = arg.indexOf(':')
  if (colon < 0) {
    const one = parsePort(arg, 'tcp')
    return portRange(one, one, call.invert)
  }
  const min = colon === 0 ? 0 : parsePort(arg.slice(0, colon), 'tcp')
  const max = colon === arg.length - 1 ? PORT_MAX : parsePort(arg.slice(colon + 1), 'tcp')
  if (min > max) call.problem('invalid portrange (min > max)')
  return portRange(min, max, call.invert)
}

function parseFlags(text: string, call: OptionCall): number {
  let bits = 0
  for (const word of text.split(',')) {
    if (word === '') continue
    const flag = FLAGS.find(([name]) => name === word.toUpperCase())
    bits |= flag === undefined ? call.problem(`Unknown TCP flag \`${word}'`) : flag[1]
  }
  return bits
}

/** --syn, or --tcp-flags with its two words. */
function setFlags(info: Mutable<MatchTcp>, call: OptionCall): void {
  const { invert } = call
  if (call.seen.has('syn') || call.seen.has('tcp-flags')) call.problem("Only one of `--syn' or `--tcp-flags'  allowed")
  if (call.entry.name === 'syn') {
    info.flags = { mask: 0x17, compare: 0x02, invert }
    return
  }
  const second = call.nextWord() ?? call.problem('--tcp-flags requires two args.')
  const mask = parseFlags(call.arg, call)
  const compare = parseFlags(second, call)
  info.flags = mask === 0 && compare === 0 && !invert ? null : { mask, compare, invert }
}

function set(info: Mutable<MatchTcp>, call: OptionCall): void {
  const id = call.entry.name
  switch (id) {
    case 'source-port':
      if (call.seen.has(id)) call.problem("Only one `--source-port' allowed")
      info.sport = parsePorts(call)
      break
    case 'destination-port':
      if (call.seen.has(id)) call.problem("Only one `--destination-port' allowed")
      info.dport = parsePorts(call)
      break
    case 'tcp-option': {
      if (call.seen.has(id)) call.problem("Only one `--tcp-option' allowed")
      const option = strtoui(call.arg, 1, 255) ?? call.problem(`Bad TCP option "${call.arg}"`)
      info.option = { option, invert: call.invert }
      break
    }
    default:
      setFlags(info, call)
  }
}

function flagNames(flags: number): string {
  const names = FLAGS.filter(([, bit]) => bit !== 0x3f && (flags & bit) !== 0).map(([name]) => name)
  return names.length === 0 ? 'NONE' : names.join(',')
}

const hex = (n: number): string => `0x${n.toString(16).toUpperCase().padStart(2, '0')}`

function printFlags(f: MatchTcp['flags'], { numeric }: PrintOptions): string {
  if (f === null || (f.mask === 0 && !f.invert)) return ''
  const show = numeric ? hex : flagNames
  return `flags:${f.invert ? '!' : ''}${show(f.mask)}/${show(f.compare)}`
}

function saveFlags(f: MatchTcp['flags']): string {
  if (f === null || (f.mask === 0 && !f.invert)) return ''
  return `${not(f.invert)}--tcp-flags ${flagNames(f.mask)} ${flagNames(f.compare)}`
}

const NOTHING: MatchTcp = Object.freeze({ name: 'tcp', sport: null, dport: null, flags: null, option: null })

export const tcpExtension: Extension<MatchTcp> = Object.freeze({
  name: 'tcp',
  options: Object.freeze([
    { name: 'source-port', type: 'string', invert: true, multi: true },
    { name: 'sport', id: 'source-port', type: 'string', invert: true, multi: true },
    { name: 'destination-port', type: 'string', invert: true, multi: true },
    { name: 'dport', id: 'destination-port', type: 'string', invert: true, multi: true },
    { name: 'syn', type: 'none', invert: true, multi: true },
    { name: 'tcp-flags', type: 'string', invert: true, multi: true },
    { name: 'tcp-option', type: 'string', invert: true, multi: true },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchTcp>(NOTHING, set),
  print: (info, o) =>
    joined([
      'tcp',
      printPorts('spt', info.sport, 'tcp', o),
      printPorts('dpt', info.dport, 'tcp', o),
      info.option === null ? '' : `option=${info.option.invert ? '!' : ''}${info.option.option}`,
      printFlags(info.flags, o),
    ]),
  save: (info) =>
    joined([
      savePorts('sport', info.sport),
      savePorts('dport', info.dport),
      info.option === null ? '' : `${not(info.option.invert)}--tcp-option ${info.option.option}`,
      saveFlags(info.flags),
    ]),
} satisfies Extension<MatchTcp>)
