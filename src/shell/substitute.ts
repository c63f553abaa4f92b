// $(…), `…` and <(…) >(…): a subshell at the other end of a pipe.
import { concatBytes, toText } from '../os/bytes.ts'
import type { ProcessSys } from '../os/sys.ts'
import type { Run } from './control.ts'
import { runSubshell, waitFor } from './exec.ts'
import { expandText } from './expand.ts'
import { type Script, Source } from './parse.ts'
import type { Shell } from './shell.ts'

/** Positions of an escaped backtick's script index a text of its own. */
function sourceOf(sh: Shell, script: Script): Source {
  return script.source === undefined ? sh.source : new Source(script.source, sh.source.name, sh.line)
}

/** All bytes until the writers are gone. */
function* readAll(sys: ProcessSys, fd: number): Run<string> {
  const chunks: Uint8Array[] = []
  for (;;) {
    const r = sys.read(fd)
    if (r.ok && r.value.length === 0) break
    if (r.ok) chunks.push(r.value)
    else if (r.errno === 'EAGAIN') yield { readable: [fd] }
    else break
  }
  return chunks.length === 0 ? '' : toText(concatBytes(chunks))
}

/** $(<file): the file's text without a process; undefined when it is not that. */
function* readShortcut(sh: Shell, script: Script): Run<string | undefined> {
  const only = script.commands.length === 1 ? script.commands[0]!.command : undefined
  if (only?.type !== 'Command' || only.name !== undefined || only.prefix.length !== 1) return undefined
  const r = only.prefix[0]!
  if (r.type !== 'Redirect' || r.operator !== '<' || r.target === undefined || r.descriptor !== undefined)
    return undefined
  const path = yield* expandText(sh, r.target)
  const text = sh.sys.readFile(path)
  if (text.ok) return text.value
  return undefined
}

const strip = (text: string): string => text.replace(/\n+$/, '').replaceAll('\0', '')

export function* substituteCommand(sh: Shell, script: Script | undefined): Run<string> {
  if (script === undefined || script.commands.length === 0) {
    sh.substituted = 0
    return ''
  }
  const shortcut = yield* readShortcut(sh, script)
  if (shortcut !== undefined) {
    sh.substituted = 0
    return strip(shortcut)
  }
  const pipe = sh.sys.pipe()
  if (!pipe.ok) sh.discard('cannot make pipe for command substitution: Too many open files')
  const [r, w] = pipe.value
  const source = sourceOf(sh, script)
  const fds = { ...sh.sys.inheritable(), 1: w }
  delete (fds as Record<number, number>)[r]
  if (w !== 1) delete (fds as Record<number, number>)[w]
  const pid = runSubshell(
    sh,
    fds,
    ['bash'],
    script.commands,
    (child) => {
      child.source = source
      child.traceDepth++
      child.lenient = 0
      if (!child.shopt('inherit_errexit')) child.options.delete('errexit')
    },
    false,
    true,
  )
  sh.sys.close(w)
  const text = yield* readAll(sh.sys, r)
  sh.sys.close(r)
  sh.substituted = yield* waitFor(sh, pid)
  return strip(text)
}

/** <(…): runs beside the command; gives the name under which its pipe is found. */
export function substituteProcess(sh: Shell, operator: '<' | '>', script: Script | undefined): string {
  sh.sys.charge(10)
  // Earlier ones that have ended: nobody waits for them, but `wait PID` may ask.
  for (const pid of sh.sys.endedChildren()) {
    const code = sh.jobs.byPid(pid) === undefined ? sh.sys.reap(pid) : null
    if (code !== null) sh.jobs.remembered.set(pid, code)
  }
  const pipe = sh.sys.pipe()
  if (!pipe.ok) sh.discard('cannot make pipe for process substitution: Too many open files')
  const [r, w] = pipe.value
  const [mine, theirs] = operator === '<' ? [r, w] : [w, r]
  const fds: Record<number, number> = { ...sh.sys.inheritable(), [operator === '<' ? 1 : 0]: theirs }
  delete fds[mine]
  if (theirs > 2) delete fds[theirs]
  const pid = runSubshell(sh, fds, ['bash'], script?.commands ?? [], () => undefined)
  sh.sys.close(theirs)
  const file = sh.sys.file(mine)!
  // High numbers, as bash gives them, so that scripts' own descriptors stay free.
  let at = 63
  while (sh.sys.file(at) !== undefined) at--
  sh.sys.install(file, at)
  sh.sys.close(mine)
  sh.substitutions.push(at)
  sh.lastBackground = pid
  return `/dev/fd/${at}`
}
