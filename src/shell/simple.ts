// Simple commands: expansion, then assignments, redirections, and the function, builtin or program that the first word names.
// Read first: exec.ts, assign.ts, redirect.ts.
import { strerror } from '../lib/errno.ts'
import { assign } from './assign.ts'
import { type Builtin, builtinFor, type DeclarationArg } from './builtins/table.ts'
import { FunctionReturn, Replaced, type Run } from './control.ts'
import { checked, runCommand, waitFor } from './exec.ts'
import { expandText, expandWord } from './expand.ts'
import type { Assignment, Command, Redirection, Word } from './parse.ts'
import { commandText } from './print.ts'
import { singleQuote, traceQuote } from './quote.ts'
import { applyRedirects } from './redirect.ts'
import type { FunctionDef, Shell } from './shell.ts'
import { trace, traceWords } from './trace.ts'
import { boundary, runTrap } from './traps.ts'
import type { Variable } from './vars.ts'
import { copyVariable } from './vars.ts'

/** Builtins whose NAME=VALUE arguments are assignments: neither split nor globbed. */
const DECLARATIONS = Object.freeze(new Set(['declare', 'export', 'local', 'readonly', 'typeset']))

interface Expanded {
  readonly words: string[]
  /** Arguments of a declaration builtin, assignments kept apart. */
  readonly declarations: DeclarationArg[]
}

function isRedirect(p: Assignment | Redirection | Word): p is Redirection {
  return p.type === 'Redirect' || p.type === 'HereDoc' || p.type === 'HereString'
}

/** bash notes the line when it has read the second word. */
function lineOf(sh: Shell, node: Command): number {
  const second = node.prefix.length > 0 && node.name !== undefined ? (node.prefix[1] ?? node.name) : node.suffix[0]
  return sh.source.lineAt(second?.pos ?? node.pos)
}

export function* runSimple(sh: Shell, node: Command, tail: boolean): Run<number> {
  yield* boundary(sh)
  sh.line = lineOf(sh, node)
  if (!sh.inTrap) sh.command = node
  if (sh.traps.has('DEBUG') && (sh.frames.length === 0 || sh.option('functrace'))) yield* runTrap(sh, 'DEBUG')
  const depth = sh.substitutions.length
  sh.substituted = null
  try {
    return yield* runExpanded(sh, node, yield* expandCommand(sh, node), tail)
  } finally {
    while (sh.substitutions.length > depth) sh.sys.close(sh.substitutions.pop()!)
  }
}

function* expandCommand(sh: Shell, node: Command): Run<Expanded> {
  const words: string[] = []
  const declarations: DeclarationArg[] = []
  if (node.name !== undefined) yield* expandWord(sh, node.name, words)
  const declares =
    DECLARATIONS.has(words[0] ?? '') || (words[0] === 'builtin' && node.suffix.length > 0) || words[0] === 'command'
  for (const p of node.suffix) {
    if (isRedirect(p)) continue
    if (p.type === 'Word') {
      const from = words.length
      yield* expandWord(sh, p, words)
      for (const w of words.slice(from)) declarations.push({ kind: 'word', text: w })
      continue
    }
    if (declares && p.value.type === 'ArrayValue') {
      declarations.push({ kind: 'array', name: p.name, elements: p.value.elements, append: p.append === true })
      words.push(p.text)
    } else if (declares && p.value.type === 'Word') {
      const value = yield* expandText(sh, p.value, true)
      const index = p.index === undefined ? '' : `[${p.index.text}]`
      const text = `${p.name}${index}${p.append === true ? '+' : ''}=${value}`
      declarations.push({ kind: 'word', text })
      words.push(text)
    } else if (p.value.type === 'Word') {
      // For any other command NAME=VALUE is a word like all others.
      const head = p.text.slice(0, p.text.length - p.value.text.length)
      const rest: string[] = []
      yield* expandWord(sh, p.value, rest)
      words.push(...(rest.length === 0 ? [head] : [head + rest[0]!, ...rest.slice(1)]))
      declarations.push({ kind: 'word', text: words[words.length - 1]! })
    } else words.push(p.text)
  }
  return { words, declarations }
}

function* runExpanded(sh: Shell, node: Command, e: Expanded, tail: boolean): Run<number> {
  const assignments = node.prefix.filter((p) => p.type === 'Assignment')
  const name = e.words[0]
  if (name === undefined) return yield* assignOnly(sh, node, assignments)
  sh.lastArgument = e.words[e.words.length - 1]!
  const fn = name.includes('/') ? undefined : sh.functions.get(name)
  const builtin = fn === undefined ? builtinFor(name) : undefined
  // exec's redirections stay; a program that takes the process over needs none put back.
  const takesOver =
    tail && fn === undefined && builtin === undefined && (sh.traps.get('EXIT') ?? '') === '' && !sh.interactive
  const before = assignments.length > 0 ? yield* assignTemporarily(sh, assignments) : null
  if (sh.option('xtrace')) traceDeclared(sh, e)
  const saved = node.redirects.length > 0 && !takesOver ? sh.sys.saveFds() : null
  let keep = false
  try {
    if (!(yield* applyRedirects(sh, node.redirects))) return yield* finish(sh, 1)
    if (fn !== undefined) return yield* finish(sh, yield* callFunction(sh, name, fn, e.words.slice(1)))
    if (builtin !== undefined) {
      keep = name === 'exec'
      return yield* finish(sh, yield* runBuiltin(sh, builtin, e))
    }
    return yield* finish(sh, yield* runProgram(sh, node, e.words, takesOver))
  } finally {
    if (saved !== null) {
      if (keep && sh.execKeeps) for (const f of saved.values()) sh.sys.os.release(f)
      else sh.sys.restoreFds(saved)
    }
    if (before !== null && sh.execKeeps !== true) for (const [n, v] of before) sh.vars.restore(n, v)
    sh.execKeeps = false
  }
}

function traceDeclared(sh: Shell, e: Expanded): void {
  if (!e.declarations.some((d) => d.kind === 'array') && !DECLARATIONS.has(e.words[0]!)) {
    traceWords(sh, e.words)
    return
  }
  const args = e.declarations.map((d) => (d.kind === 'array' ? d.name : traceQuote(d.text)))
  for (const d of e.declarations) {
    if (d.kind !== 'array') continue
    const elements = d.elements.map((w) =>
      w.parts === undefined && !w.text.startsWith('[') ? singleQuote(w.text) : w.text,
    )
    trace(sh, `${d.name}${d.append ? '+' : ''}=(${elements.join(' ')})`)
  }
  trace(sh, [e.words[0]!, ...args].join(' '))
}

function* finish(sh: Shell, status: number): Run<number> {
  sh.pipeStatus = [status]
  return yield* checked(sh, status)
}

/** Assignments and redirections without a command. */
function* assignOnly(sh: Shell, node: Command, assignments: readonly Assignment[]): Run<number> {
  for (const a of assignments) yield* assign(sh, a, true)
  if (node.redirects.length > 0) {
    const saved = sh.sys.saveFds()
    const ok = yield* applyRedirects(sh, node.redirects)
    sh.sys.restoreFds(saved)
    if (!ok) return yield* finish(sh, 1)
  }
  return yield* finish(sh, sh.substituted ?? 0)
}

/** NAME=VALUE command: exported for the command only. Gives what to put back. */
function* assignTemporarily(sh: Shell, assignments: readonly Assignment[]): Run<Map<string, Variable | undefined>> {
  const before = new Map<string, Variable | undefined>()
  for (const a of assignments) {
    const old = sh.vars.raw(a.name)
    if (old?.readonly === true) {
      sh.complain(`${a.name}: readonly variable`)
      continue
    }
    if (!before.has(a.name)) before.set(a.name, old === undefined ? undefined : copyVariable(old))
    yield* assign(sh, a, true)
    sh.vars.ensure(a.name).exported = true
  }
  return before
}

function* runBuiltin(sh: Shell, builtin: Builtin, e: Expanded): Run<number> {
  const result = builtin(sh, e.words, e.declarations)
  return typeof result === 'number' ? result : yield* result
}

export function* callFunction(sh: Shell, name: string, fn: FunctionDef, args: readonly string[]): Run<number> {
  sh.enterDepth()
  const { positional, source, loopDepth, line } = sh
  sh.frames.push({ name, callLine: line, file: fn.source.name })
  sh.vars.push()
  sh.positional = [...args]
  sh.source = fn.source
  sh.loopDepth = 0
  try {
    const body = fn.node.body
    if (body.type === 'CompoundList') return 0
    return yield* runCommand(sh, body)
  } catch (e) {
    if (e instanceof FunctionReturn) return e.status
    throw e
  } finally {
    if (sh.traps.has('RETURN') && sh.option('functrace')) yield* runTrap(sh, 'RETURN')
    sh.frames.pop()
    sh.vars.pop()
    Object.assign(sh, { positional, source, loopDepth, line })
  }
}

/** A program of the file tree: a child process, or this one when nothing of the shell is needed any more. */
export function* runProgram(
  sh: Shell,
  node: Command | null,
  words: readonly string[],
  takesOver: boolean,
): Run<number> {
  const name = words[0]!
  const found = sh.sys.find(name, sh.vars.get('PATH'))
  if (!found.ok) return notFound(sh, name, found.errno)
  const env = sh.vars.environment()
  if (takesOver) {
    sh.sys.proc.env = new Map(Object.entries(env))
    const r = sh.sys.exec(words)
    if (!r.ok) return notFound(sh, name, r.errno)
    throw new Replaced(typeof r.value === 'number' ? r.value : yield* r.value)
  }
  const child = sh.sys.spawn(words, { fds: sh.sys.inheritable(), env })
  if (!child.ok) return notFound(sh, name, child.errno)
  return yield* waitFor(sh, child.value, node === null ? undefined : () => commandText(sh, node))
}

function notFound(sh: Shell, name: string, errno: Parameters<typeof strerror>[0]): number {
  if (errno === 'ENOENT' && !name.includes('/')) {
    sh.complain(`${name}: command not found`)
    return 127
  }
  const s = sh.sys.stat(name)
  const isDir = s.ok && s.value.type === 'directory'
  sh.complain(`${name}: ${isDir ? strerror('EISDIR') : strerror(errno)}`)
  return errno === 'ENOENT' || errno === 'ENOTDIR' ? 127 : 126
}
