// -m physdev (extensions/libxt_physdev.c): the bridge ports of a bridged packet.
import type { MatchPhysdev } from '../../../uapi/xt.ts'
import type { Extension, FinalCall, OptionCall } from '../extension.ts'
import { parseInterface } from '../interface.ts'
import { DataDraft, joined, type Mutable, not } from './draft.ts'

const HELP = `physdev match options:
 [!] --physdev-in inputname[+]		bridge port name ([+] for wildcard)
 [!] --physdev-out outputname[+]	bridge port name ([+] for wildcard)
 [!] --physdev-is-in			arrived on a bridge device
 [!] --physdev-is-out			will leave on a bridge device
 [!] --physdev-is-bridged		it's a bridged packet
`

function set(info: Mutable<MatchPhysdev>, call: OptionCall): void {
  const { invert } = call
  switch (call.entry.name) {
    case 'physdev-in':
      info.in = { dev: parseInterface(call.arg, call.sys), invert }
      break
    case 'physdev-out':
      info.out = { dev: parseInterface(call.arg, call.sys), invert }
      break
    case 'physdev-is-in':
      info.isIn = { invert }
      break
    case 'physdev-is-out':
      info.isOut = { invert }
      break
    default:
      info.isBridged = { invert }
  }
}

function check(_: MatchPhysdev, call: FinalCall): void {
  if (call.seen.size === 0) call.problem('PHYSDEV: no physdev option specified')
}

function part(option: string, asked: { readonly invert: boolean; readonly dev?: string } | null): string {
  if (asked === null) return ''
  return `${not(asked.invert)}--physdev-${option}${asked.dev === undefined ? '' : ` ${asked.dev}`}`
}

function text(m: MatchPhysdev): string {
  return joined([
    part('is-in', m.isIn),
    part('in', m.in),
    part('is-out', m.isOut),
    part('out', m.out),
    part('is-bridged', m.isBridged),
  ])
}

const NOTHING: MatchPhysdev = Object.freeze({
  name: 'physdev',
  in: null,
  out: null,
  isIn: null,
  isOut: null,
  isBridged: null,
})

export const physdevExtension: Extension<MatchPhysdev> = Object.freeze({
  name: 'physdev',
  options: Object.freeze([
    { name: 'physdev-in', type: 'string', invert: true },
    { name: 'physdev-out', type: 'string', invert: true },
    { name: 'physdev-is-in', type: 'none', invert: true },
    { name: 'physdev-is-out', type: 'none', invert: true },
    { name: 'physdev-is-bridged', type: 'none', invert: true },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchPhysdev>(NOTHING, set, check),
  print: (info) => joined(['PHYSDEV match', text(info)]),
  save: text,
} satisfies Extension<MatchPhysdev>)
