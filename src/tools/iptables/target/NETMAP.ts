// -j NETMAP (extensions/libipt_NETMAP.c).
import { formatIp4 } from '../../../lib/ip4.ts'
import type { TargetNetmap } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, OptionCall } from '../extension.ts'
import { prefixOf } from '../values.ts'

const HELP = `NETMAP target options:
  --to address[/mask]
				Network address to map to.

`

class NetmapDraft implements Draft<TargetNetmap> {
  private addr = 0
  private mask = 0

  parse(call: OptionCall): void {
    if (call.value.type !== 'address') return
    this.addr = call.value.addr & call.value.mask
    this.mask = call.value.mask
  }

  finish(): TargetNetmap {
    return { name: 'NETMAP', addr: this.addr, mask: this.mask }
  }
}

function text(info: TargetNetmap): string {
  return `${formatIp4(info.addr)}/${prefixOf(info.mask) ?? formatIp4(info.mask)}`
}

export const netmapTargetExtension: Extension<TargetNetmap> = Object.freeze({
  name: 'NETMAP',
  options: Object.freeze([{ name: 'to', type: 'hostmask', mand: true }] as const),
  help: HELP,
  begin: () => new NetmapDraft(),
  print: (info) => `to:${text(info)}`,
  save: (info) => `--to ${text(info)}`,
} satisfies Extension<TargetNetmap>)
