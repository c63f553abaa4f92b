// -j TRACE (extensions/libxt_TRACE.c): no options, nothing shown.
import type { TargetTrace } from '../../../uapi/xt_target.ts'
import type { Draft, Extension } from '../extension.ts'

class TraceDraft implements Draft<TargetTrace> {
  parse(): void {}

  finish(): TargetTrace {
    return { name: 'TRACE' }
  }
}

export const traceTargetExtension: Extension<TargetTrace> = Object.freeze({
  name: 'TRACE',
  options: Object.freeze([]),
  help: '',
  begin: () => new TraceDraft(),
  print: () => '',
  save: () => '',
} satisfies Extension<TargetTrace>)
