// iptables: one command on one table.
// Read first: iptables_main (iptables/iptables-standalone.c); parse.ts, command.ts, handle.ts.
import type { Wait } from '../../uapi/program.ts'
import { openTable, runCommand, takeLock } from './command.ts'
import { NameNeeded } from './exit.ts'
import type { Handle } from './handle.ts'
import { helpText } from './help.ts'
import { parseCommand } from './parse.ts'
import type { Parsed, RestoreLine } from './parsed.ts'
import { program, type Session } from './session.ts'
import { iptcStrerror } from './strerror.ts'

/** The command, or the host name that has to be looked up before it can be read. */
export function parseNow(s: Session, argv: readonly string[], restore: RestoreLine | null): Parsed | string {
  try {
    return parseCommand(s, argv, restore)
  } catch (e) {
    if (e instanceof NameNeeded) return e.host
    throw e
  }
}

/** parseNow, again and again until every host name is known. */
export function* parseWaiting(
  s: Session,
  argv: readonly string[],
  restore: RestoreLine | null,
): Generator<Wait, Parsed, void> {
  for (;;) {
    const parsed = parseNow(s, argv, restore)
    if (typeof parsed !== 'string') return parsed
    yield* s.names.lookup(parsed)
  }
}

export const iptables = program('iptables', function* (s, argv) {
  const parsed = yield* parseWaiting(s, argv, null)
  switch (parsed.kind) {
    case 'version':
      s.print(parsed.text)
      return 0
    case 'help':
      s.print(helpText(s.prog, parsed.command))
      return 0
    case 'ignored':
      return 0
    case 'command': {
      takeLock(s)
      const h = openTable(s, parsed.command.table)
      const result = runCommand(s, h, parsed.command)
      const done = typeof result === 'boolean' ? result : yield* result
      return done && h.commit() ? 0 : refused(s, h)
    }
  }
})

function refused(s: Session, h: Handle): number {
  const more = h.errno === 'EINVAL' ? " Run `dmesg' for more information." : ''
  s.error(`iptables: ${iptcStrerror(h.fn, h.errno)}.${more}\n`)
  return h.errno === 'EAGAIN' ? 4 : 1
}
