// Finding a command: through PATH in the file tree to an executable of the machine's table, or to a script and its #! line.
import type { Executable, IoResult } from '../uapi/program.ts'
import { toText } from './bytes.ts'
import { err, ok } from './openfile.ts'
import type { ProcessSys } from './sys.ts'

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const MAX_INTERPRETERS = 5
/** What a search through all of PATH for nothing costs. */
const NOT_FOUND_STEPS = 10

/** The file that a name stands for: itself when it has a slash, else the first executable one along PATH. */
export function searchCommand(sys: ProcessSys, name: string, path: string | undefined): IoResult<string> {
  if (name === '') return err('ENOENT')
  if (name.includes('/')) {
    const s = sys.stat(name)
    if (!s.ok) return s
    if (s.value.type === 'directory' || (s.value.mode & 0o111) === 0) return err('EACCES')
    return ok(name)
  }
  let denied = false
  for (const dir of (path ?? DEFAULT_PATH).split(':')) {
    const file = `${dir === '' ? '.' : dir}/${name}`
    const s = sys.stat(file)
    if (!s.ok || s.value.type !== 'file') continue
    if ((s.value.mode & 0o111) !== 0) return ok(file)
    denied = true
  }
  sys.charge(NOT_FOUND_STEPS)
  return err(denied ? 'EACCES' : 'ENOENT')
}

/** What execve runs for an argument vector, with the interpreter of a script put in front. */
export function resolveCommand(
  sys: ProcessSys,
  argv: readonly string[],
  path: string | undefined,
): IoResult<{ readonly executable: Executable; readonly argv: readonly string[] }> {
  let args = argv
  for (let depth = 0; depth < MAX_INTERPRETERS; depth++) {
    const found = searchCommand(sys, args[0] ?? '', path)
    if (!found.ok) return found
    const r = sys.os.vfs.resolve(sys.who, found.value, true)
    if (!r.ok) return r
    const node = r.value.node
    if (node?.type !== 'file') return err('EACCES')
    if (node.program !== null) {
      const executable = sys.os.executables[node.program]
      return executable === undefined ? err('ENOENT') : ok({ executable, argv: args })
    }
    const line = /^#!\s*(\S+)(?:[ \t]+([^\n]*\S))?/.exec(toText(node.read(0, 256)))
    // Without #! the shell that was asked to run it reads it itself.
    const interpreter = line === null ? ['/bin/bash'] : [line[1]!, ...(line[2] === undefined ? [] : [line[2]])]
    args = [...interpreter, found.value, ...args.slice(1)]
  }
  return err('ELOOP')
}
