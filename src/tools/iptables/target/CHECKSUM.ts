// -j CHECKSUM (extensions/libxt_CHECKSUM.c).
import type { TargetChecksum } from '../../../uapi/xt_target.ts'
import type { Draft, Extension } from '../extension.ts'

const HELP = `CHECKSUM target options
  --checksum-fill			Fill in packet checksum.
`

class ChecksumDraft implements Draft<TargetChecksum> {
  parse(): void {}

  finish(): TargetChecksum {
    return { name: 'CHECKSUM' }
  }
}

export const checksumTargetExtension: Extension<TargetChecksum> = Object.freeze({
  name: 'CHECKSUM',
  options: Object.freeze([{ name: 'checksum-fill', type: 'none', mand: true }] as const),
  help: HELP,
  begin: () => new ChecksumDraft(),
  print: () => 'CHECKSUM fill',
  save: () => '--checksum-fill',
} satisfies Extension<TargetChecksum>)
