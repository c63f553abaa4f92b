// Builtins that change what runs next: break, continue, return, exit, eval, source, exec, shift, test, let, true.
// Leaves out exec -a, -c, -l (refused by name).
import { strerror } from '../../lib/errno.ts'
import { ArithError } from '../arith.ts'
import { FunctionReturn, LoopExit, Replaced, type Run, ShellExit } from '../control.ts'
import { Source } from '../parse.ts'
import { runText } from '../script.ts'
import type { Shell } from '../shell.ts'
import { TestError, testArguments } from '../test.ts'

export function colon(): number {
  return 0
}

function leaveLoop(sh: Shell, words: readonly string[], kind: 'break' | 'continue'): number {
  if (sh.loopDepth === 0) {
    sh.complain(`${kind}: only meaningful in a \`for', \`while', or \`until' loop`)
    return 0
  }
  const n = words[1] ?? '1'
  if (!/^[+-]?\d+$/.test(n)) {
    sh.complain(`${kind}: ${n}: numeric argument required`)
    throw new ShellExit(128)
  }
  if (Number(n) <= 0) {
    sh.complain(`${kind}: ${n}: loop count out of range`)
    return 1
  }
  throw new LoopExit(kind, Number(n))
}

export function breakLoop(sh: Shell, words: readonly string[]): number {
  return leaveLoop(sh, words, 'break')
}
export function continueLoop(sh: Shell, words: readonly string[]): number {
  return leaveLoop(sh, words, 'continue')
}

/** The exit status argument of return and exit; null when it was wrong (reported). */
function statusArgument(sh: Shell, words: readonly string[]): number | null {
  const n = words[1]
  if (n === undefined) return sh.status
  if (!/^\s*[+-]?\d+\s*$/.test(n)) {
    sh.complain(`${words[0]}: ${n}: numeric argument required`)
    return 2
  }
  if (words.length > 2) {
    sh.complain(`${words[0]}: too many arguments`)
    return null
  }
  return Number(n) & 255
}

export function returnFrom(sh: Shell, words: readonly string[]): number {
  if (sh.frames.length === 0 && sh.sourceDepth === 0) {
    sh.complain("return: can only `return' from a function or sourced script")
    return 2
  }
  const status = statusArgument(sh, words)
  if (status === null) return 1
  throw new FunctionReturn(status)
}

export function exitShell(sh: Shell, words: readonly string[]): number {
  const status = statusArgument(sh, words)
  if (status === null) return 1
  throw new ShellExit(status)
}

export function* evalBuiltin(sh: Shell, words: readonly string[]): Run<number> {
  const text = words.slice(words[1] === '--' ? 2 : 1).join(' ')
  return text.trim() === '' ? 0 : yield* runText(sh, text, 'eval')
}

/** source FILE [ARGS]: found along PATH when it has no slash, then in the current directory. */
export function* dot(sh: Shell, words: readonly string[]): Run<number> {
  const [name, ...args] = words.slice(words[1] === '--' ? 2 : 1)
  if (name === undefined) {
    sh.complain(`${words[0]}: filename argument required`)
    sh.sys.write(2, `${words[0]}: usage: ${words[0]} filename [arguments]\n`)
    return 2
  }
  let path = name
  if (!name.includes('/')) {
    const dirs = (sh.vars.get('PATH') ?? '').split(':')
    const found = dirs
      .map((d) => `${d}/${name}`)
      .find((p) => {
        const s = sh.sys.stat(p)
        return s.ok && s.value.type === 'file'
      })
    path = found ?? name
  }
  const s = sh.sys.stat(path)
  if (s.ok && s.value.type === 'directory') {
    sh.complain(`${words[0]}: ${name}: is a directory`)
    return 1
  }
  const text = sh.sys.readFile(path)
  if (!text.ok) {
    sh.complain(`${name}: ${strerror(text.errno)}`)
    return 1
  }
  sh.enterDepth()
  const { positional, line } = sh
  if (args.length > 0) sh.positional = args
  sh.sourceDepth++
  try {
    return yield* runText(sh, text.value, new Source(text.value, path))
  } catch (e) {
    if (e instanceof FunctionReturn) return e.status
    throw e
  } finally {
    sh.sourceDepth--
    if (args.length > 0) sh.positional = positional
    sh.line = line
  }
}

export function* execBuiltin(sh: Shell, words: readonly string[]): Run<number> {
  const argv = words.slice(words[1] === '--' ? 2 : 1)
  if (argv.length === 0) {
    sh.execKeeps = true
    return 0
  }
  if (/^-[acl]/.test(argv[0]!)) {
    sh.complain(`exec: ${argv[0]}: not modelled by netsim`)
    return 2
  }
  const before = sh.sys.proc.env
  sh.sys.proc.env = new Map(Object.entries(sh.vars.environment()))
  const found = sh.sys.find(argv[0]!, sh.vars.get('PATH'))
  const r = found.ok ? sh.sys.exec(argv) : found
  if (!r.ok) {
    sh.sys.proc.env = before
    const missing = r.errno === 'ENOENT'
    sh.complain(
      `exec: ${argv[0]}: ${missing && !argv[0]!.includes('/') ? 'not found' : `cannot execute: ${strerror(r.errno)}`}`,
    )
    const status = missing ? 127 : 126
    if (sh.interactive) return status
    throw new ShellExit(status)
  }
  // A machine goes on with the descriptors as they are now.
  sh.execKeeps = true
  throw new Replaced(typeof r.value === 'number' ? r.value : yield* r.value)
}

export function shift(sh: Shell, words: readonly string[]): number {
  const n = words[1] ?? '1'
  if (!/^[+-]?\d+$/.test(n)) {
    sh.complain(`shift: ${n}: numeric argument required`)
    return 1
  }
  const count = Number(n)
  if (count < 0) {
    sh.complain(`shift: ${n}: shift count out of range`)
    return 1
  }
  if (count > sh.positional.length) return 1
  sh.positional = sh.positional.slice(count)
  return 0
}

export function test(sh: Shell, words: readonly string[]): number {
  const name = words[0]!
  let args = words.slice(1)
  if (name === '[') {
    if (args[args.length - 1] !== ']') {
      sh.complain("[: missing `]'")
      return 2
    }
    args = args.slice(0, -1)
  }
  try {
    return testArguments(sh, args) ? 0 : 1
  } catch (e) {
    if (!(e instanceof TestError)) throw e
    sh.complain(`${name}: ${e.message}`)
    return 2
  }
}

export function letBuiltin(sh: Shell, words: readonly string[]): number {
  if (words.length === 1) {
    sh.complain('let: expression expected')
    return 1
  }
  let value = 0n
  for (const w of words.slice(1)) {
    try {
      value = sh.arithOrThrow(w)
    } catch (e) {
      if (!(e instanceof ArithError)) throw e
      sh.complain(`let: ${e.message}`)
      return 1
    }
  }
  return value === 0n ? 1 : 0
}
