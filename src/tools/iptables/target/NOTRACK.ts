// -j NOTRACK (extensions/libxt_CT.c): another name for CT --notrack, by which it is shown again.
import type { TargetNotrack } from '../../../uapi/xt_target.ts'
import type { Draft, Extension } from '../extension.ts'

class NotrackDraft implements Draft<TargetNotrack> {
  parse(): void {}

  finish(): TargetNotrack {
    return { name: 'NOTRACK' }
  }
}

export const notrackTargetExtension: Extension<TargetNotrack> = Object.freeze({
  name: 'NOTRACK',
  realName: 'CT',
  options: Object.freeze([]),
  help: '',
  begin: () => new NotrackDraft(),
  print: () => 'NOTRACK',
  save: () => '',
} satisfies Extension<TargetNotrack>)
